import Basics

/// The formats of all verbs. ``Reportable/formats`` has the formats of one verb.
public enum Format: String, CaseIterable, Sendable {
    /// For a person at a terminal.
    case table
    /// One document.
    case json
    /// One JSON object per line.
    case ndjson
    /// RFC 4180, with a header.
    case csv
    /// CommonMark with GitHub's tables.
    case markdown
    /// One self-contained page.
    case html
    case junit
    /// Static Analysis Results Interchange Format 2.1.0 (OASIS).
    case sarif
    /// Open Cybersecurity Schema Framework 1.5.0.
    case ocsf
    /// AWS Security Finding Format 2018-10-08.
    case asff

    /// The formats that every verb has.
    public static let common: [Format] = [.table, .json, .ndjson, .csv, .markdown, .html]

    /// Whether a report in this format can show doubts that are not items.
    public var showsDoubts: Bool {
        switch self {
        case .csv, .ocsf, .asff: false
        case .table, .json, .ndjson, .markdown, .html, .junit, .sarif: true
        }
    }

    /// The endings of files in this format, the usual one first.
    public var fileExtensions: [String] {
        switch self {
        case .table: ["txt"]
        case .json: ["json"]
        case .ndjson: ["ndjson", "jsonl"]
        case .csv: ["csv"]
        case .markdown: ["md", "markdown"]
        case .html: ["html", "htm"]
        case .junit: ["junit.xml", "xml"]
        case .sarif: ["sarif", "sarif.json"]
        case .ocsf: ["ocsf.json"]
        case .asff: ["asff.json"]
        }
    }

    /// The format for a file's name. The longest ending wins, so that `a.ocsf.json` is OCSF.
    public static func inferred(fromName name: String) -> Format? {
        let name = name.lowercased()
        return allCases.flatMap { format in format.fileExtensions.map { (format, $0) } }
            .filter { name.hasSuffix("." + $0.1) }.max { $0.1.utf8.count < $1.1.utf8.count }?.0
    }
}

extension Report {
    /// Writes the report.
    /// - Parameters:
    ///   - text: the layout of a table; other formats ignore it.
    ///   - isVerbose: whether a table shows everything.
    ///   - pass: receives the next piece, which is about 64 KiB long.
    public func write(
        _ format: Format, text: TerminalText = TerminalText(), isVerbose: Bool = false,
        to pass: ([UInt8]) throws -> Void
    ) throws {
        try withoutActuallyEscaping(pass) { pass in
            let sink = Sink(pass)
            switch format {
            case .table: try sink.write(table(text, isVerbose))
            case .json: try writeJSON(to: sink)
            case .ndjson: try writeNDJSON(to: sink)
            case .csv: try writeCSV(to: sink)
            case .markdown: try writeMarkdown(to: sink)
            case .html: try writeHTML(to: sink)
            case .junit: try writeJUnit(to: sink)
            case .sarif: try writeSARIF(to: sink)
            case .ocsf: try writeOCSF(to: sink)
            case .asff: try writeASFF(to: sink)
            }
            try sink.flush()
        }
    }

    /// The whole report as one piece.
    public func bytes(_ format: Format, text: TerminalText = TerminalText(), isVerbose: Bool = false) throws -> [UInt8]
    {
        var bytes: [UInt8] = []
        try write(format, text: text, isVerbose: isVerbose) { bytes += $0 }
        return bytes
    }
}

/// Gathers small pieces of text and passes them on in larger ones.
final class Sink {
    private var buffer: [UInt8] = []
    private let pass: ([UInt8]) throws -> Void
    /// The number of bytes that were written so far.
    private(set) var count = 0

    init(_ pass: @escaping ([UInt8]) throws -> Void) {
        self.pass = pass
        buffer.reserveCapacity(Self.size + 4_096)
    }

    private static let size = 65_536

    func write(_ text: String) throws { try write(bytes: text.utf8) }

    func write(bytes: some Collection<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        count += bytes.count
        if buffer.count >= Self.size { try flush() }
    }

    /// - Parameter append: appends to the bytes that it is given.
    func write(appending append: (inout [UInt8]) -> Void) throws {
        let before = buffer.count
        append(&buffer)
        count += buffer.count - before
        if buffer.count >= Self.size { try flush() }
    }

    /// Writes items in their order. Their texts are made on all cores at once, a few thousand items ahead.
    /// - Parameter append: appends the text of an item to the bytes that it is given. It is called on any thread.
    func write(_ items: Report.Items, appending append: @Sendable (any ReportItem, Int, inout [UInt8]) -> Void) throws {
        let (together, pieceSize) = (2_048, 32)
        for start in stride(from: 0, to: items.count, by: together) {
            let end = min(start + together, items.count)
            let pieces = (0..<(end - start + pieceSize - 1) / pieceSize).concurrentMap { number in
                var bytes: [UInt8] = []
                bytes.reserveCapacity(Self.size)
                let first = start + number * pieceSize
                for place in first..<min(first + pieceSize, end) { append(items[place], place, &bytes) }
                return bytes
            }
            for piece in pieces { try write(piece: piece) }
        }
    }

    /// Passes a large piece on without copying it.
    private func write(piece: [UInt8]) throws {
        guard piece.count >= Self.size / 2 else { return try write(bytes: piece) }
        try flush()
        count += piece.count
        try pass(piece)
    }

    func line(_ text: String = "") throws {
        try write(text)
        try write("\n")
    }

    func flush() throws {
        guard !buffer.isEmpty else { return }
        try pass(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
