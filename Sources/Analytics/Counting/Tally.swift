/// One worker's counts of a log: a value with bounded memory. At the end the workers' tallies are merged and evaluated,
/// so the order of files does not matter as long as nothing is dropped. Beyond that, equal records in equal order give
/// equal counts, whatever the seed.
public protocol Tally: Sendable {
    /// The approximate amount of data to merge, in any unit: the smaller of two tallies is merged into the larger.
    var size: Int { get }
    /// Finishes counting. Called once, before other members of the tally are read.
    mutating func settle()
    /// Adds another worker's counts. Both must have the same settings and the same seed.
    mutating func merge(_ other: Self)
}

extension Tally {
    public var size: Int { 0 }
    public mutating func settle() {}
}

extension AccessTally: Tally {}
extension FlowTally: Tally {}
extension KeyTally: Tally {}
