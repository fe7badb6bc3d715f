extension Array {
    /// The elements in turns: the first of each group, then the second of each group, and so on. Within a turn the
    /// groups with the lowest rank come first. The order within a group is kept.
    ///
    /// An element's turn and place can only rise if elements are added. So whoever keeps the first elements of a growing
    /// set, in an order by such turns, drops only what the whole set would drop as well.
    func inTurns<Group: Hashable>(of group: (Element) -> Group, by rank: (Element) -> some Comparable) -> [Element] {
        var sizes: [Group: Int] = [:]
        let turns = map { element in
            sizes[group(element), default: 0] += 1
            return sizes[group(element)] ?? 0
        }
        let ranks = map(rank)
        return indices.sorted { (turns[$0], ranks[$0], $0) < (turns[$1], ranks[$1], $1) }.map { self[$0] }
    }
}
