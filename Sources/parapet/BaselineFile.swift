import Detection
import FoundationEssentials

/// The file with what earlier hunts learnt.
enum BaselineFile {
    /// - Returns: an empty one where there is no such file yet.
    /// - Throws: ``CommandFailure`` where it is no baseline: what stands in it would be overwritten.
    static func read(_ path: String) throws(CommandFailure) -> HuntBaseline {
        guard FileManager.default.fileExists(atPath: path) else { return HuntBaseline() }
        let bytes = try InputFile.bytes(path)
        let advice = "name another file, or remove this one to learn anew"
        let baseline: HuntBaseline
        do {
            baseline = try JSONDecoder().decode(HuntBaseline.self, from: Data(bytes))
        } catch {
            throw CommandFailure("\(path) cannot be used", why: "it is no baseline of Parapet", advice: advice)
        }
        guard baseline.isReadable else {
            throw CommandFailure(
                "\(path) cannot be used", why: "it was written by another version of Parapet", advice: advice)
        }
        guard baseline.isPossible else {
            throw CommandFailure("\(path) cannot be used", why: "it holds values that no hunt writes", advice: advice)
        }
        return baseline
    }

    static func write(_ baseline: HuntBaseline, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try OutputFile.write(Array(try encoder.encode(baseline)), to: path)
    }
}
