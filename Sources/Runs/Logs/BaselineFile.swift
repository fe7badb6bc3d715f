public import Basics
import FoundationEssentials
public import Hunting

/// The file with what earlier hunts learned.
public enum BaselineFile {
    /// - Returns: an empty baseline if there is no such file yet.
    /// - Throws: ``Failure`` if the file is no baseline: the next hunt would overwrite it.
    public static func read(_ path: String) throws(Failure) -> HuntBaseline {
        guard FileManager.default.fileExists(atPath: path) else { return HuntBaseline() }
        let bytes = try InputFile.bytes(path)
        let advice = "name another file, or remove this one to learn anew"
        let baseline: HuntBaseline
        do {
            baseline = try JSONDecoder().decode(HuntBaseline.self, from: Data(bytes))
        } catch {
            throw Failure("\(path) cannot be used", why: "it is no baseline of Parapet", advice: advice)
        }
        guard baseline.isReadable else {
            throw Failure(
                "\(path) cannot be used", why: "it was written by another version of Parapet", advice: advice)
        }
        guard baseline.isPossible else {
            throw Failure("\(path) cannot be used", why: "it holds values that no hunt writes", advice: advice)
        }
        return baseline
    }

    public static func write(_ baseline: HuntBaseline, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try OutputFile.write(Array(try encoder.encode(baseline)), to: path)
    }
}
