public import Basics

extension JSON.Options {
    /// Invalid UTF-8 in logs is repaired.
    public static var ofLogs: JSON.Options {
        var options = JSON.Options()
        options.repairsText = true
        return options
    }
}
