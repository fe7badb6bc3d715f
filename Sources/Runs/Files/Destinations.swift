public import Reports

/// Where a result is written, and in which formats.
public struct Destinations: Sendable, Hashable {
    /// A format with its file; `nil` stands for stdout.
    public struct Destination: Sendable, Hashable {
        public var format: Format
        public var file: String?
    }

    public let all: [Destination]

    /// The files among them.
    public var files: [String] { all.compactMap(\.file) }

    /// - Parameters:
    ///   - formats: as the user gave them; an ending tells a format that is not given, and nothing means a table.
    ///   - files: in the order of the formats; `-` is stdout.
    /// - Throws: ``InvalidInput`` for a format that the verb has not, and if two reports would go to one place.
    public init(of kind: any Reportable.Type, formats: [Format], files: [String]) throws(InvalidInput) {
        if !formats.isEmpty, files.count > formats.count {
            throw InvalidInput(
                "each --output needs a --format, or none: then the extensions of the files select the formats")
        }
        if let name = files.first(where: { Format(rawValue: $0.lowercased()) != nil }) {
            throw InvalidInput(
                "--output takes a file, and '\(name)' is a format: use --format \(name), or --output ./\(name)")
        }
        let names = files.isEmpty && formats.isEmpty ? ["-"] : files
        all = (0..<max(names.count, formats.count)).map { index in
            let name = index < names.count ? names[index] : "-"
            let inferred = Format.inferred(fromName: name) ?? .table
            return Destination(
                format: index < formats.count ? formats[index] : inferred, file: name == "-" ? nil : name)
        }
        for destination in all { try destination.format.check(kind.verb, kind.formats) }
        let places = all.compactMap(\.file)
        if Set(places).count < places.count { throw InvalidInput("two formats cannot be written to one file") }
        if all.count - places.count > 1 {
            throw InvalidInput("only one format can be written to stdout; use --output for each other format")
        }
    }

    /// Whether that format goes to stdout, so that it can be written bit by bit.
    public func streams(_ format: Format) -> Bool { all.contains { $0.format == format && $0.file == nil } }

    /// Finds out before any work is done that a file could not be written at the end.
    /// - Parameter others: files that the run writes too.
    /// - Throws: ``Failure`` that names the file; also if two of them are one.
    public func check(beside others: [String] = []) throws {
        try OutputFile.check(files + others)
    }

    /// What the chosen formats leave out of a report and somebody must know all the same.
    public func warnings(of report: Report) -> [String] {
        let silent = all.map(\.format).filter { !$0.showsDoubts }
        guard !silent.isEmpty, !report.items.contains(where: { $0.status == .unknown }) else { return [] }
        return report.notes.filter(\.isDoubt).map { note in
            let names = silent.map(\.rawValue).joined(separator: " and ")
            return
                (["\(names) cannot contain findings that were not determined: \(note.sentence)"] + note.lines.prefix(3))
                .joined(separator: " ")
        }
    }

    /// Writes a report to each destination.
    /// - Parameters:
    ///   - text: how a table is laid out on stdout.
    ///   - isVerbose: whether a table shows everything.
    ///   - streamed: the format whose items are on stdout already.
    ///   - standardOutput: takes what goes to stdout.
    public func write(
        _ report: Report, _ text: TerminalText, isVerbose: Bool, streamed: Format? = nil,
        to standardOutput: @escaping ([UInt8]) throws -> Void
    ) throws {
        try write(to: standardOutput) { format, isOnStdout, pass in
            var report = report
            if isOnStdout, format == streamed { report.items = .none }
            try report.write(format, text: isOnStdout ? text : TerminalText(), isVerbose: isVerbose, to: pass)
        }
    }

    /// Writes to each destination.
    /// - Parameters:
    ///   - standardOutput: takes what goes to stdout.
    ///   - produce: is given a format, whether it goes to stdout, and what takes the next piece.
    public func write(
        to standardOutput: @escaping ([UInt8]) throws -> Void,
        _ produce: (Format, _ isOnStdout: Bool, _ pass: @escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        for destination in all {
            guard let file = destination.file else {
                try produce(destination.format, true, standardOutput)
                continue
            }
            try OutputFile.write(to: file) { try produce(destination.format, false, $0) }
        }
    }
}

extension Format {
    /// A format by its name.
    /// - Throws: ``InvalidInput`` if the verb has none of that name.
    public init(_ name: String, of verb: String, _ formats: [Format]) throws(InvalidInput) {
        guard let format = Format(rawValue: name), formats.contains(format) else {
            throw Self.unknown(name, verb, formats)
        }
        self = format
    }

    fileprivate func check(_ verb: String, _ formats: [Format]) throws(InvalidInput) {
        if !formats.contains(self) { throw Self.unknown(rawValue, verb, formats) }
    }

    private static func unknown(_ name: String, _ verb: String, _ formats: [Format]) -> InvalidInput {
        InvalidInput(
            """
            'parapet \(verb)' does not support the format '\(name)'; supported: \
            \(formats.map(\.rawValue).joined(separator: ", "))
            """)
    }
}
