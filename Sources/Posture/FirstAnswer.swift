public import Inventory

extension Sequence {
    /// The first answer that an element gives. An element that meets an unknown fact does not hide the answer of another.
    /// - Throws: ``Inventory/Unknown`` if no element gives an answer and one of them met an unknown fact.
    public func firstAnswer<Answer>(
        _ answer: (Element) throws(Unknown) -> Answer?
    ) throws(Unknown) -> Answer? {
        var unread: Unknown?
        for element in self {
            do throws(Unknown) {
                if let found = try answer(element) { return found }
            } catch {
                unread = error
            }
        }
        if let unread { throw unread }
        return nil
    }
}
