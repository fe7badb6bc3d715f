/// What one worker saw of a log, added up: a value with bounded memory. At the end the workers' tallies are merged into one,
/// so that the order of files never matters, and that one is judged.
public protocol Tally: Sendable {
    /// About how much there is to merge, in any unit: the smaller one of two is merged into the larger.
    var size: Int { get }
    /// Ends what is still being counted. Called once, before anything else is read of the tally.
    mutating func settle()
    /// Adds what another worker saw. Both must have been made with the same settings and the same seed.
    mutating func merge(_ other: Self)
}

extension Tally {
    public var size: Int { 0 }
    public mutating func settle() {}
}

extension AccessTally: Tally {}
extension FlowTally: Tally {}
extension KeyTally: Tally {}
