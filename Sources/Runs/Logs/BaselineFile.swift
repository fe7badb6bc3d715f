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
        let bytes = try InputFile.bytes(path)
        let advice = "use another file, or delete this one to start a new baseline"
        let baseline: HuntBaseline
        do {
            baseline = try JSONDecoder().decode(HuntBaseline.self, from: Data(bytes))
        } catch {
            throw Failure("\(path) cannot be used", why: "it is not a baseline file", advice: advice)
        }
        guard baseline.isReadable else {
            throw Failure(
                "\(path) cannot be used", why: "it was written by another version of Parapet", advice: advice)
        }
        guard baseline.isPossible else {
            throw Failure("\(path) cannot be used", why: "it contains invalid values", advice: advice)
        }
        return baseline
    }

    public func write(_ baseline: HuntBaseline) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try OutputFile.write(Array(try encoder.encode(baseline)), to: path, isPrivate: true)
    }
}
