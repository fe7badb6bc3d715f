public import Reports

/// The destinations of a result, each with its format.
public struct Destinations: Sendable, Hashable {
    /// A format and its file; `nil` for stdout.
    public struct Destination: Sendable, Hashable {
        public var format: Format
        public var file: String?
    }

    public let all: [Destination]

    /// The files of the destinations.
    public var files: [String] { all.compactMap(\.file) }

    /// - Parameters:
    ///   - formats: the formats that the user gave. A missing one is inferred from the file's extension; the default is
    ///     a table.
    ///   - files: the files in the order of the formats; `-` is stdout.
    /// - Throws: ``InvalidInput`` if the verb does not support a format, or if two reports would go to one place.
    public init(of kind: any Reportable.Type, formats: [Format], files: [String]) throws(InvalidInput) {
        try self.init(of: kind.verb, kind.formats, formats: formats, files: files)
    }

    /// - Parameters:
    ///   - verb: the words on the command line.
    ///   - supported: the formats of the verb.
    ///   - usual: the format of a file whose extension is that of no format.
    /// - Throws: ``InvalidInput`` like ``init(of:formats:files:)``.
    public init(
        of verb: String, _ supported: [Format], usual: Format = .table, formats: [Format], files: [String]
    ) throws(InvalidInput) {
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
            let inferred = Format.inferred(fromName: name) ?? usual
            return Destination(
                format: index < formats.count ? formats[index] : inferred, file: name == "-" ? nil : name)
        }
        for destination in all { try destination.format.check(verb, supported) }
        let places = all.compactMap(\.file)
        if Set(places).count < places.count { throw InvalidInput("two formats cannot be written to one file") }
        if all.count - places.count > 1 {
            throw InvalidInput("only one format can be written to stdout; use --output for each other format")
        }
    }

    /// Whether the format goes to stdout, so that items can be written as they are found.
    public func streams(_ format: Format) -> Bool { all.contains { $0.format == format && $0.file == nil } }

    /// Checks before any work is done that the files can be written.
    /// - Parameter others: other files that the run writes.
    /// - Throws: ``Failure`` with the file's name, also if two of the names lead to the same file.
    public func check(beside others: [String] = []) throws {
        try OutputFile.check(files + others)
    }

    /// Returns warnings about doubts that the chosen formats cannot show.
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
    ///   - text: the style of a table on stdout.
    ///   - isVerbose: whether a table shows all details.
    ///   - streamed: the format whose items were already written to stdout.
    ///   - standardOutput: writes to stdout.
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
    ///   - isPrivate: whether new files are readable by their owner only.
    ///   - standardOutput: writes to stdout.
    ///   - produce: receives a format, whether it goes to stdout, and the function that writes the next piece.
    public func write(
        isPrivate: Bool = false, to standardOutput: @escaping ([UInt8]) throws -> Void,
        _ produce: (Format, _ isOnStdout: Bool, _ pass: @escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        for destination in all {
            guard let file = destination.file else {
                try produce(destination.format, true, standardOutput)
                continue
            }
            try OutputFile.write(to: file, isPrivate: isPrivate) { try produce(destination.format, false, $0) }
        }
    }
}

extension Format {
    /// Finds a format by its name.
    /// - Throws: ``InvalidInput`` if the verb does not support such a format.
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
