/// Owns the memory that compiled rules point to. Compiled rules are plain memory without reference counting, which
/// would slow workers down and make them wait for each other.
final class CompiledMemory: @unchecked Sendable {
    // Only changed while rules are compiled, before workers share it.
    private var blocks: [UnsafeMutableRawPointer] = []
    private var objects: [AnyObject] = []

    func store<Element: BitwiseCopyable>(_ elements: some Collection<Element>) -> UnsafeBufferPointer<Element> {
        guard !elements.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = buffer.initialize(from: elements)
        if let start = buffer.baseAddress { blocks.append(UnsafeMutableRawPointer(start)) }
        return UnsafeBufferPointer(buffer)
    }

    func store<Element: BitwiseCopyable>(_ element: Element) -> UnsafePointer<Element> {
        let place = UnsafeMutablePointer<Element>.allocate(capacity: 1)
        place.initialize(to: element)
        blocks.append(UnsafeMutableRawPointer(place))
        return UnsafePointer(place)
    }

    func keep<Object: AnyObject>(_ object: Object) -> Unmanaged<Object> {
        objects.append(object)
        return Unmanaged.passUnretained(object)
    }

    deinit {
        for block in blocks { block.deallocate() }
    }
}
