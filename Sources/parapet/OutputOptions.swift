import ArgumentParser
import FoundationEssentials
import Reports

#if canImport(Glibc)
    import Glibc
#endif

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
    var destinations: [(format: Format, file: String?)] {
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

    /// Fails before any work is done where a file could not be written at its end.
    func check() throws(CommandFailure) {
        for file in destinations.compactMap(\.file) { try OutputFile.check(file) }
    }

    /// Writes the result to each destination.
    /// - Parameters:
    ///   - render: the result in a format, laid out for where it goes.
    ///   - text: how text is laid out on the terminal.
    func write(_ render: (Format, TerminalText) throws -> [UInt8], text: () -> TerminalText) throws {
        for (format, file) in destinations {
            let bytes = try render(format, file == nil ? text() : TerminalText())
            if let file {
                try OutputFile.write(bytes, to: file)
            } else {
                try Terminal.standardOutput.write(bytes)
            }
        }
    }
}

enum ReportFormat: String, OutputFormat {
    case table
    case json
    case ndjson
}

/// Writes whole files or nothing.
enum OutputFile {
    /// Puts `bytes` into a temporary file beside `path` and renames it; a device or pipe is written as it is.
    /// - Throws: ``CommandFailure`` naming the file.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        if isDeviceOrPipe(path) { return try writeThrough(bytes, to: path) }
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            let reason = (error as? CocoaError)?.plainReason ?? "\(error)"
            throw CommandFailure(
                "\(path) cannot be written", why: reason, advice: "choose a folder that exists and is yours to write")
        }
    }

    /// Renaming a file over a device such as `/dev/null` would put the file in its place, for everybody on the machine.
    private static func isDeviceOrPipe(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    private static func writeThrough(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY)
        guard descriptor >= 0 else {
            throw CommandFailure(
                "\(path) cannot be written", why: String(cString: strerror(errno)), advice: "choose another place")
        }
        defer { close(descriptor) }
        try Terminal(descriptor: descriptor).write(bytes)
    }

    /// Fails before any work is done where a file could not be written at its end.
    static func check(_ path: String) throws(CommandFailure) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: folder.isEmpty ? "." : folder, isDirectory: &isDirectory),
            isDirectory
        else {
            throw CommandFailure(
                "\(path) cannot be written", why: "the folder \(folder) does not exist", advice: "make it first")
        }
        guard FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
            throw CommandFailure(
                "\(path) cannot be written", why: "the folder \(folder) may not be written", advice: "choose another")
        }
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory {
            throw CommandFailure(
                "\(path) cannot be written", why: "it is a folder", advice: "name a file in it")
        }
    }
}

extension CocoaError {
    fileprivate var plainReason: String? {
        switch code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "the folder does not exist"
        case .fileWriteNoPermission, .fileReadNoPermission: "permission denied"
        case .fileWriteOutOfSpace: "the disk is full"
        default: nil
        }
    }
}
