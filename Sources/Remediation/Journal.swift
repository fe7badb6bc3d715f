public import AWSClient
public import Basics
import FoundationEssentials
public import Posture

#if canImport(Glibc)
    import Glibc
#endif

/// One line of a journal.
public struct JournalRecord: Sendable, Codable {
    public enum Event: String, Sendable, Codable {
        case begun, step, ended
    }

    public var event: Event
    /// The time at which the record was written, in ISO 8601.
    public var at: String
    // Members of the first line.
    public var run: String?
    public var plan: Plan?
    public var hash: String?
    // Members of a step's line.
    /// The number of the step, from 1.
    public var step: Int?
    public var state: StepState?
    public var detail: String?
    public var undo: APICall?
    /// The values that the completed step keeps for later steps, by name.
    public var kept: [String: JSON]?

    public init(_ event: Event, at: String) {
        self.event = event
        self.at = at
    }
}

/// The record of one run: a line of JSON for each event. A line is on disk before the run continues. Of AWS's answers
/// it contains only the IDs that undoing needs, so that no secret can get into it.
public final class Journal: Sendable {
    public let path: String
    private let descriptor: Int32

    /// Begins a run.
    /// - Throws: ``Failure`` if the file cannot be created.
    public init(of file: PlanFile, run: String, in folder: JournalFolder, at time: String) throws(Failure) {
        path = folder.path(of: run)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalFolder.failure(path) }
        self.descriptor = descriptor
        var record = JournalRecord(.begun, at: time)
        (record.run, record.plan, record.hash) = (run, file.plan, file.hash)
        try write(record)
        try folder.synchronize()
    }

    /// Continues a run. A last line that a crash cut off is removed.
    /// - Throws: ``Failure`` if the file cannot be opened.
    public init(goingOnWith run: RecordedRun) throws(Failure) {
        path = run.path
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalFolder.failure(path) }
        self.descriptor = descriptor
        guard ftruncate(descriptor, off_t(run.length)) == 0 else { throw JournalFolder.failure(path) }
    }

    deinit { close(descriptor) }

    /// Appends a line, and returns when it is on disk.
    public func write(_ record: JournalRecord) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(record) else {
            throw Failure("the journal cannot be written", why: "a record has no JSON form", advice: "report this")
        }
        var rest = ArraySlice(Array(line) + [UInt8(ascii: "\n")])
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { throw JournalFolder.failure(path) }
            rest = rest.dropFirst(max(0, written))
        }
        guard fsync(descriptor) == 0 else { throw JournalFolder.failure(path) }
    }
}

/// A run as its journal describes it.
public struct RecordedRun: Sendable {
    public let run: String
    public let path: String
    public let begun: String
    public let file: PlanFile
    public private(set) var progress: FixProgress
    /// The length of the complete lines, in bytes.
    let length: Int

    public var plan: Plan { file.plan }

    /// - Throws: ``Failure`` if the text is not a journal. An incomplete last line was cut off by a crash and is
    ///   skipped: its event had not happened yet, or can be found out by reading the account.
    init(parsing bytes: [UInt8], path: String) throws(Failure) {
        func broken(_ why: String) -> Failure {
            Failure(
                "\(path) cannot be read", why: why, advice: "move it out of the folder and check the account by hand")
        }
        let length = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        var records: [JournalRecord] = []
        for (index, line) in bytes[..<length].split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let record = try? JSONDecoder().decode(JournalRecord.self, from: Data(line)) else {
                throw broken("line \(index + 1) is no record of a journal")
            }
            records.append(record)
        }
        guard let first = records.first, first.event == .begun, let plan = first.plan, let run = first.run else {
            throw broken("it does not begin with a plan")
        }
        let file = PlanFile(plan)
        guard file.hash == first.hash else { throw broken("its plan is not the one that was begun") }
        (self.run, self.path, begun, self.file, self.length) = (run, path, first.at, file, length)
        var progress = FixProgress(of: plan)
        for record in records.dropFirst() { progress.apply(record) }
        self.progress = progress
    }
}

/// The folder of all journals. Only its owner can read it.
public struct JournalFolder: Sendable {
    public let path: String

    /// Creates the folder if it does not exist.
    public init(_ path: String) throws(Failure) {
        self.path = path
        do {
            try PrivateFolder.create(path)
        } catch {
            // FileManager leaves no reliable `errno`.
            guard mkdir(path, 0o700) != 0 else { return }
            if errno == EEXIST { errno = ENOTDIR }
            throw Self.failure(path)
        }
    }

    private init(existing path: String) { self.path = path }

    /// Returns all runs of a folder, the oldest first, without creating it.
    /// - Parameter mayBeMissing: whether a missing folder has no runs. The first run creates the standard one.
    /// - Throws: ``Failure`` if the folder or a journal cannot be read.
    public static func runs(in path: String, mayBeMissing: Bool) throws(Failure) -> [RecordedRun] {
        if FileStatus(path) == nil, errno == ENOENT, mayBeMissing { return [] }
        return try JournalFolder(existing: path).runs()
    }

    /// Returns the folder for journals if the user names none (XDG Base Directory Specification, `$XDG_STATE_HOME`).
    public static func standardPath(_ variables: [String: String]) -> String {
        let state = variables["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (state ?? (variables["HOME"] ?? "/root") + "/.local/state") + "/parapet/fix"
    }

    func path(of run: String) -> String { "\(path)/\(run).ndjson" }

    /// All runs, the oldest first.
    public func runs() throws(Failure) -> [RecordedRun] {
        guard let folder = opendir(path) else {
            throw Failure(
                "the journals in \(path) cannot be read", why: String(cString: strerror(errno)),
                advice: "name their folder with --journal")
        }
        closedir(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var runs: [RecordedRun] = []
        for name in names.sorted() where name.hasSuffix(".ndjson") {
            guard let bytes = FileManager.default.contents(atPath: "\(path)/\(name)") else {
                throw Self.failure("\(path)/\(name)")
            }
            // The run was killed before its first line was complete, so no call had been sent.
            guard bytes.contains(UInt8(ascii: "\n")) else { continue }
            runs.append(try RecordedRun(parsing: Array(bytes), path: "\(path)/\(name)"))
        }
        return runs
    }

    /// Returns a name for a new run: the time and the beginning of the plan's hash.
    public func newRun(of file: PlanFile, at time: String) -> String {
        let stamp = time.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
        let name = "\(stamp)-\(file.hash.prefix(8))"
        var number = 1
        while FileManager.default.fileExists(atPath: self.path(of: number == 1 ? name : "\(name)-\(number)")) {
            number += 1
        }
        return number == 1 ? name : "\(name)-\(number)"
    }

    /// Returns a lock that prevents other runs from applying anything while it exists.
    /// - Throws: ``Failure`` if another run holds it.
    public func locked() throws(Failure) -> JournalLock { try JournalLock("\(path)/lock") }

    func synchronize() throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
    }

    /// Returns a failure with the description of `errno`.
    static func failure(_ path: String) -> Failure {
        Failure(
            "the journal \(path) cannot be written", why: String(cString: strerror(errno)),
            advice: "choose another folder with --journal; nothing more was changed")
    }
}

/// A lock that is released if its process is killed.
public final class JournalLock: Sendable {
    private let descriptor: Int32

    fileprivate init(_ path: String) throws(Failure) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalFolder.failure(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(
                "nothing can be applied", why: "another run of 'parapet fix' is under way",
                advice: "wait for it to end")
        }
    }

    deinit { close(descriptor) }
}
