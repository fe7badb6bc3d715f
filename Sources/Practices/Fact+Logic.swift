import Inventory

// Three-valued "and" and "or" over facts: a known operand can decide the result although the other is unknown.

extension Fact where Value == Bool {
    /// Known if one of the two is known to be true, or both are known.
    static func || (left: Fact, right: Fact) -> Fact {
        switch (left.state, right.state) {
        case (.known(true), _), (_, .known(true)): .known(true)
        case (.unknown(let unknown), _), (_, .unknown(let unknown)): .unknown(unknown)
        case (.known(false), .known(false)): .known(false)
        }
    }

    /// Known if one of the two is known to be false, or both are known.
    static func && (left: Fact, right: Fact) -> Fact {
        !(!left || !right)
    }

    static prefix func ! (fact: Fact) -> Fact {
        fact.map { !$0 }
    }
}
