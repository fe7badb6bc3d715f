import CExpat

/// A parsed XML document, stored flat: one array of nodes and one of text, whatever the size of the answer.
///
/// It keeps only the parts that AWS's protocols use: element names without their prefix, and the text of elements
/// without children. Attributes, comments and processing instructions are dropped. A document type declaration is
/// rejected, to prevent attacks by entity expansion.
struct XMLTree {
    struct Node {
        var name: String
        /// Hash of the name, which ignores case.
        var nameHash: UInt64
        var text: Range<Int>
        var children: [Int]
    }

    private(set) var nodes: [Node] = []
    fileprivate(set) var text: [UInt8] = []

    /// Limit of nesting, deeper than any answer of AWS.
    static let maximumDepth = 100

    /// - Throws: ``XMLError`` if the document is not well-formed, is cut off, or is nested too deeply.
    init(parsing bytes: [UInt8]) throws(XMLError) {
        guard let parser = XML_ParserCreate(nil) else { throw XMLError(line: 0, column: 0, reason: "out of memory") }
        defer { XML_ParserFree(parser) }
        let builder = Builder(parser: parser, textCapacity: bytes.count)
        XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
        XML_SetElementHandler(
            parser,
            { data, name, _ in Builder.from(data)?.start(name) },
            { data, _ in Builder.from(data)?.end() })
        XML_SetCharacterDataHandler(parser) { data, characters, count in
            Builder.from(data)?.append(characters, count: Int(count))
        }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            Builder.from(data)?.stop("a document type declaration is not accepted")
        }
        let status = bytes.withUnsafeBytes { buffer in
            XML_Parse(
                parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count), 1)
        }
        guard status == XML_STATUS_OK else {
            let reason = builder.refusal ?? XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
            throw XMLError(
                line: Int(XML_GetCurrentLineNumber(parser)), column: Int(XML_GetCurrentColumnNumber(parser)),
                reason: reason ?? "not well-formed")
        }
        nodes = builder.nodes
        text = builder.text
    }

    /// The outermost element; a well-formed document has one.
    var root: Int { 0 }

    func string(_ node: Int) -> String {
        String(decoding: text[nodes[node].text], as: UTF8.self)
    }

    /// Returns the children of `node` with this name, ignoring case, in order.
    func children(of node: Int, named name: String) -> [Int] {
        let hash = CaselessName.hash(name)
        return nodes[node].children.filter { isNamed($0, name, hash) }
    }

    /// Returns the first child of `node` with this name, ignoring case.
    func child(of node: Int, named name: String) -> Int? {
        let hash = CaselessName.hash(name)
        return nodes[node].children.first { isNamed($0, name, hash) }
    }

    private func isNamed(_ node: Int, _ name: String, _ hash: UInt64) -> Bool {
        nodes[node].nameHash == hash && CaselessName.areEqual(nodes[node].name, name)
    }

    /// Collects the nodes and texts from expat's callbacks.
    private final class Builder {
        let parser: XML_Parser
        var nodes: [Node] = []
        var text: [UInt8] = []
        var open: [Int] = []
        var refusal: String?
        private var names: [String: (text: String, hash: UInt64)] = [:]

        init(parser: XML_Parser, textCapacity: Int) {
            self.parser = parser
            text.reserveCapacity(textCapacity / 2)
        }

        static func from(_ data: UnsafeMutableRawPointer?) -> Builder? {
            data.map { Unmanaged<Builder>.fromOpaque($0).takeUnretainedValue() }
        }

        func start(_ name: UnsafePointer<CChar>?) {
            guard open.count < XMLTree.maximumDepth else { return stop("nested deeper than \(XMLTree.maximumDepth)") }
            let index = nodes.count
            if let parent = open.last {
                // Text before the first child is white space between elements.
                if nodes[parent].children.isEmpty { text.removeSubrange(nodes[parent].text.lowerBound...) }
                nodes[parent].text = text.count..<text.count
                nodes[parent].children.append(index)
            }
            let local = localName(name)
            nodes.append(
                Node(name: local.text, nameHash: local.hash, text: text.count..<text.count, children: []))
            open.append(index)
        }

        func end() {
            guard let node = open.popLast(), nodes[node].children.isEmpty else { return }
            nodes[node].text = nodes[node].text.lowerBound..<text.count
        }

        func append(_ characters: UnsafePointer<CChar>?, count: Int) {
            guard let characters, let node = open.last, nodes[node].children.isEmpty else { return }
            UnsafeRawBufferPointer(start: characters, count: count).withMemoryRebound(to: UInt8.self) {
                text.append(contentsOf: $0)
            }
        }

        func stop(_ reason: String) {
            refusal = reason
            XML_StopParser(parser, XML_Bool(0))
        }

        /// Stores one copy of each name, however often it occurs.
        private func localName(_ name: UnsafePointer<CChar>?) -> (text: String, hash: UInt64) {
            let qualified = name.map { String(cString: $0) } ?? ""
            if let known = names[qualified] { return known }
            let local = qualified.split(separator: ":").last.map(String.init) ?? qualified
            let named = (text: local, hash: CaselessName.hash(local))
            names[qualified] = named
            return named
        }
    }
}

struct XMLError: Error, CustomStringConvertible {
    var line: Int
    var column: Int
    var reason: String

    var description: String { "XML, line \(line), column \(column): \(reason)" }
}
