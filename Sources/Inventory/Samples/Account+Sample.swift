import FoundationEssentials

// Small inventories for the checks' examples, which `parapet explain` prints and the tests run. A fact that an example
// does not set stays unknown.

extension Account {
    /// Account 123456789012 with the single region us-east-1, of which nothing has been read.
    public static var sample: Account {
        Account(
            id: "123456789012", partition: "aws", readAt: Date(timeIntervalSince1970: 1_767_225_600),
            regions: .known(["us-east-1"]))
    }
}
