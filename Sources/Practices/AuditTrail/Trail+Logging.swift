import Inventory

extension Trail {
    /// Whether the trail was seen to be logging.
    var isKnownToLog: Bool { (try? status.value.isLogging) == true }
}
