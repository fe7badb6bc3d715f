import Inventory

extension Trail {
    /// Whether the trail is known to be logging.
    var isKnownToLog: Bool { (try? status.value.isLogging) == true }
}
