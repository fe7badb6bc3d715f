import BitCollections

/// The members for which a fact holds surely, and those for which it holds possibly. The possible ones include the sure
/// ones.
struct TruthSet: Sendable {
    var sure: BitSet = []
    var possible: BitSet = []

    init() {}

    /// Makes a set in which the fact holds surely for all `members`.
    init(_ members: BitSet) {
        sure = members
        possible = members
    }

    init(_ truth: Truth, for members: BitSet) {
        switch truth {
        case .yes: self.init(members)
        case .no: self.init()
        case .unknown:
            self.init()
            possible = members
        }
    }

    mutating func formUnion(_ other: TruthSet) {
        sure.formUnion(other.sure)
        possible.formUnion(other.possible)
    }

    mutating func formIntersection(_ other: TruthSet) {
        sure.formIntersection(other.sure)
        possible.formIntersection(other.possible)
    }

    func union(_ other: TruthSet) -> TruthSet {
        var result = self
        result.formUnion(other)
        return result
    }

    func intersection(_ other: TruthSet) -> TruthSet {
        var result = self
        result.formIntersection(other)
        return result
    }

    func intersection(_ members: BitSet) -> TruthSet {
        intersection(TruthSet(members))
    }

    func subtracting(_ members: BitSet) -> TruthSet {
        var result = self
        result.sure.subtract(members)
        result.possible.subtract(members)
        return result
    }
}
