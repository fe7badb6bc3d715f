import Basics

/// Transforms all elements concurrently. The results are in the order of the elements.
/// - Throws: the first error; the other transformations are cancelled.
func concurrently<Element: Sendable, Value: Sendable>(
    _ elements: some Collection<Element>, _ transform: @escaping @Sendable (Element) async throws -> Value
) async throws(Failure) -> [Value] {
    do {
        return try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for (index, element) in elements.enumerated() {
                group.addTask { (index, try await transform(element)) }
            }
            var values: [Int: Value] = [:]
            for try await (index, value) in group { values[index] = value }
            return values.sorted { $0.key < $1.key }.map(\.value)
        }
    } catch let error as Failure {
        throw error
    } catch {
        throw Failure("the verification was not finished", why: "\(error)", advice: "run it again")
    }
}
