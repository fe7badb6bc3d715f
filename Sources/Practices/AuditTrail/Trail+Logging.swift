import Inventory

extension Trail {
    /// Whether the trail was seen to be logging.
    var isKnownToLog: Bool { (try? status.value.isLogging) == true }

    /// Whether the trail was seen to be stopped.
    var isKnownToBeStopped: Bool { (try? status.value.isLogging) == false }
}
