import ArgumentParser
import Reports
import Runs

/// The formats and the destinations of the result.
struct OutputOptions<Kind: Reportable>: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: .value(
            "name",
            "\(Kind.formats.map(\.rawValue).joined(separator: ", ")). Can be repeated, each with its own --output. "
                + "The extension of --output selects the format if --format is missing."),
        completion: .formats(Kind.formats), transform: ArgumentValue.format(Kind.verb, Kind.formats))
    var format: [Format] = []

    @Option(name: .shortAndLong, help: .value("file", "File, or - for stdout (the default)."), completion: .file())
    var output: [String] = []

    @Option(help: .value("file", "Write the SHA-256 of each file that is written, as sha256sum --check reads it."))
    var manifest: String?

    func validate() throws {
        let destinations = try destinations
        if manifest != nil, destinations.files.isEmpty {
            throw ValidationError("--manifest takes the SHA-256 of files, so it goes with --output")
        }
    }

    /// Writes the manifest of all files that the run wrote, if the user wants one.
    private func writeManifest(beside others: [String] = []) throws {
        guard let manifest else { return }
        try OutputFile.write(try Manifest(of: try destinations.files + others).bytes, to: manifest)
    }

    var destinations: Destinations {
        get throws {
            try ArgumentValue.valid(
                try Destinations(of: Kind.self, formats: format, files: output))
        }
    }

    /// Writes the report to each destination.
    /// - Parameters:
    ///   - streamed: the format whose items were already written to stdout.
    ///   - others: other files that the run wrote.
    func write(_ report: Report, _ verbosity: Verbosity, streamed: Format? = nil, beside others: [String] = []) throws {
        let destinations = try destinations
        verbosity.warn(destinations.warnings(of: report))
        try destinations.write(
            report, verbosity.text, isVerbose: verbosity.isVerbose, streamed: streamed,
            to: Terminal.standardOutput.write)
        try writeManifest(beside: others)
    }

    /// Writes output that is not a report, such as a list of rules, to each destination.
    func write(_ verbosity: Verbosity, _ render: (Format, TerminalText) throws -> String) throws {
        try destinations.write(to: Terminal.standardOutput.write) { format, isOnStdout, pass in
            try pass(Array(try render(format, isOnStdout ? verbosity.text : TerminalText()).utf8))
        }
        try writeManifest()
    }
}
