import Basics
import ArgumentParser
import FoundationEssentials
import Reports
import Runs

/// In which formats the result is written, and where to.
struct OutputOptions<Kind: Reportable>: ParsableArguments {
    @Option(
        help: .value(
            "name",
            "\(Kind.formats.map(\.rawValue).joined(separator: ", ")). May be repeated, each with its own --output, whose "
                + "ending tells the format if there is no --format."),
        transform: Format.reader(Kind.verb, Kind.formats))
    var format: [Format] = []

    @Option(help: .value("file", "A file, or - for stdout (the default).")) var output: [String] = []

    func validate() throws {
        if !format.isEmpty, output.count > format.count {
            throw ValidationError("there are more --output than --format")
        }
        for format in destinations.map(\.format) { try format.check(Kind.verb, Kind.formats) }
        let files = destinations.compactMap(\.file)
        if Set(files).count < files.count { throw ValidationError("two formats cannot go to one file") }
        if destinations.filter({ $0.file == nil }).count > 1 {
            throw ValidationError("only one format can go to stdout; give each other one its --output")
        }
    }

    /// Each format with its file; `nil` stands for stdout.
    private var destinations: [(format: Format, file: String?)] {
        guard format.isEmpty else {
            return format.enumerated().map { ($1, file($0 < output.count ? output[$0] : "-")) }
        }
        if output.isEmpty { return [(Terminal.standardOutput.isTerminal ? .table : .json, nil)] }
        return output.map { (Format.inferred(fromName: $0) ?? .table, file($0)) }
    }

    private func file(_ name: String) -> String? { name == "-" ? nil : name }

    /// Whether that format goes to stdout, so that it can be written bit by bit.
    func streams(_ format: Format) -> Bool { destinations.contains { $0.format == format && $0.file == nil } }

    /// Finds out before any work is done that a file could not be written at the end.
    func check() throws(Failure) {
        for file in destinations.compactMap(\.file) { try OutputFile.check(file) }
    }

    /// Writes the report to each destination.
    /// - Parameter streamed: the format whose items are on stdout already.
    func write(_ report: Report, _ verbosity: Verbosity, streamed: Format? = nil) throws {
        try write(verbosity) { format, isOnStdout, text, pass in
            var report = report
            if isOnStdout, format == streamed { report.items = .none }
            try report.write(format, text: text, isVerbose: verbosity.isVerbose, to: pass)
        }
    }

    /// Writes what is no report, such as a list of rules, to each destination.
    func write(_ verbosity: Verbosity, _ render: (Format, TerminalText) throws -> [UInt8]) throws {
        try write(verbosity) { format, _, text, pass in try pass(try render(format, text)) }
    }

    private func write(
        _ verbosity: Verbosity,
        _ produce: (Format, _ isOnStdout: Bool, TerminalText, _ pass: @escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        for (format, file) in destinations {
            if let file {
                try OutputFile.write(to: file) { try produce(format, false, TerminalText(), $0) }
            } else {
                try produce(format, true, verbosity.text) { try Terminal.standardOutput.write($0) }
            }
        }
    }
}

extension Format {
    /// Reads the name of a format that a verb has.
    static func reader(_ verb: String, _ formats: [Format]) -> @Sendable (String) throws -> Format {
        { name in
            guard let format = Format(rawValue: name) else { throw unknown(name, verb, formats) }
            try format.check(verb, formats)
            return format
        }
    }

    fileprivate func check(_ verb: String, _ formats: [Format]) throws {
        if !formats.contains(self) { throw Self.unknown(rawValue, verb, formats) }
    }

    private static func unknown(_ name: String, _ verb: String, _ formats: [Format]) -> ValidationError {
        ValidationError(
            "'parapet \(verb)' has no format '\(name)'; it has \(formats.map(\.rawValue).joined(separator: ", "))")
    }
}
