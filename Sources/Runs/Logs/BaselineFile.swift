public import Basics
import FoundationEssentials
public import Hunting

/// The file with the baseline of earlier hunts. Only one hunt uses it at a time, from reading to writing, because a
/// second hunt would overwrite what the first one learned.
public final class BaselineFile: Sendable {
    private let path: String
    private let lock: FileLock

    /// - Throws: ``Failure`` with the process ID of another hunt that is using the file.
    public init(_ path: String) throws(Failure) {
        lock = try FileLock(path)
        self.path = path
    }

    /// - Returns: the baseline; an empty one if there is no such file yet.
    /// - Throws: ``Failure`` if the file is not a valid baseline, because the next hunt would overwrite it.
    public func read() throws(Failure) -> HuntBaseline {
        guard FileManager.default.fileExists(atPath: path) else { return HuntBaseline() }
        return try HuntBaseline(parsing: Data(try InputFile.bytes(path)), named: path)
    }

    public func write(_ baseline: HuntBaseline) throws {
        try OutputFile.write(Array(try baseline.encoded()), to: path, isPrivate: true)
    }
}

extension HuntBaseline {
    /// - Parameter name: the place that it was read from, for the message.
    /// - Throws: ``Failure`` if it is not a baseline, or one of another version, or one that no hunt can have written.
    init(parsing bytes: Data, named name: String) throws(Failure) {
        let advice = "use another file, or delete this one to start a new baseline"
        guard let baseline = try? JSONDecoder().decode(HuntBaseline.self, from: bytes) else {
            throw Failure("\(name) cannot be used", why: "it is not a baseline file", advice: advice)
        }
        guard baseline.isReadable else {
            throw Failure(
                "\(name) cannot be used", why: "it was written by another version of Parapet", advice: advice)
        }
        guard baseline.isPossible else {
            throw Failure("\(name) cannot be used", why: "it contains invalid values", advice: advice)
        }
        self = baseline
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
