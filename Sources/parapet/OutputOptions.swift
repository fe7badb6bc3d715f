import ArgumentParser
import FoundationEssentials
import Reports
import Runs

/// The formats that a verb can write its result in.
protocol OutputFormat: ExpressibleByArgument, CaseIterable, RawRepresentable<String>, Sendable {
    /// For people.
    static var table: Self { get }
    /// For programs.
    static var json: Self { get }
}

/// In which formats the result is written, and where to.
struct OutputOptions<Format: OutputFormat>: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("May be repeated, each with its own --output.", valueName: "name"))
    var format: [Format] = []

    @Option(name: .long, help: ArgumentHelp("A file, or - for stdout (the default).", valueName: "file"))
    var output: [String] = []

    func validate() throws {
        if output.count > max(1, format.count) { throw ValidationError("there are more --output than --format") }
        let files = destinations.compactMap(\.file)
        if Set(files).count < files.count { throw ValidationError("two formats cannot go to one file") }
        if destinations.filter({ $0.file == nil }).count > 1 {
            throw ValidationError("only one format can go to stdout; give each other one its --output")
        }
    }

    /// Each format with its file; `nil` stands for stdout.
    private var destinations: [(format: Format, file: String?)] {
        let formats = format.isEmpty ? [Terminal.standardOutput.isTerminal || !output.isEmpty ? .table : .json] : format
        return formats.enumerated().map { index, format in
            let file = index < output.count ? output[index] : "-"
            return (format, file == "-" ? nil : file)
        }
    }

    /// Whether that format goes to stdout, so that it can be written bit by bit.
    func streams(_ format: Format) -> Bool {
        destinations.contains { $0.format.rawValue == format.rawValue && $0.file == nil }
    }

    /// Finds out before any work is done that a file could not be written at the end.
    func check() throws(Failure) {
        for file in destinations.compactMap(\.file) { try OutputFile.check(file) }
    }

    /// Writes the result to each destination.
    /// - Parameters:
    ///   - verbosity: says how text is laid out on the terminal.
    ///   - render: the result in a format, laid out for where it goes.
    func write(_ verbosity: Verbosity, _ render: (Format, TerminalText) throws -> [UInt8]) throws {
        for (format, file) in destinations {
            let bytes = try render(format, file == nil ? verbosity.text : TerminalText())
            if let file {
                try OutputFile.write(bytes, to: file)
            } else {
                try Terminal.standardOutput.write(bytes)
            }
        }
    }
}
