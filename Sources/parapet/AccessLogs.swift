import EffectiveAccess
import FoundationEssentials
import Gzip

/// CloudTrail's log files in a folder, read simply: all of a file at once, one file after the other.
struct AccessLogs {
    /// The calls of the principal that was asked about.
    private(set) var calls: [RecordedCall] = []
    private(set) var basis = Suggestion.Basis()
    /// The files that could not be read, with the reason.
    private(set) var unreadable: [(file: String, reason: String)] = []

    /// The longest file that is read, in bytes after decompression.
    private static let maximumSize = 1 << 30

    /// - Parameters:
    ///   - path: a file, or a folder that is searched with all below it.
    ///   - principal: whose calls are kept: the ARN of a user or role.
    /// - Throws: ``CommandFailure`` where there is nothing to read.
    init(_ path: String, of principal: String) throws {
        let files = try Self.files(path)
        guard !files.isEmpty else {
            throw CommandFailure(
                "\(path) cannot be used", why: "there is no log file in it",
                advice: "name a folder with CloudTrail's files, which end in .json.gz or .json")
        }
        // An event may stand in two files, where two trails deliver.
        var seen: Set<String> = []
        for file in files {
            do throws(UnreadableLog) {
                for call in try Self.calls(in: file) where call.id.isEmpty || seen.insert(call.id).inserted {
                    let isOwn = call.actor == principal
                    basis.count(call, isOwn: isOwn)
                    if isOwn { calls.append(call) }
                }
            } catch {
                unreadable.append((file, error.reason))
            }
        }
    }

    private struct UnreadableLog: Error {
        var reason: String
    }

    private static func files(_ path: String) throws(CommandFailure) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("\(path) cannot be read", why: "there is no such file", advice: "check the path")
        }
        guard isFolder else { return [path] }
        guard let below = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            throw CommandFailure("\(path) cannot be read", why: "the folder may not be read", advice: "check the path")
        }
        // Digest files stand beside the logs and hold no events.
        return below.filter { name in
            [".json", ".json.gz", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"].contains(where: name.hasSuffix)
                && !name.hasSuffix(".metadata.json") && !name.contains("CloudTrail-Digest")
        }.sorted().map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    private static func calls(in file: String) throws(UnreadableLog) -> [RecordedCall] {
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            throw UnreadableLog(reason: "it may not be read")
        }
        var bytes = Array(data)
        if bytes.starts(with: [0x1F, 0x8B]) {
            do throws(Gzip.Failure) {
                bytes = try Gzip.decompress(bytes, bound: maximumSize)
            } catch {
                throw UnreadableLog(reason: error.description)
            }
        }
        struct File: Decodable {
            var records: [RecordedCall]

            private enum CodingKeys: String, CodingKey {
                case records = "Records"
            }
        }
        let decoder = JSONDecoder()
        if let file = try? decoder.decode(File.self, from: Data(bytes)) { return file.records }
        // One record a line.
        var calls: [RecordedCall] = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard line.contains(where: { $0 > UInt8(ascii: " ") }) else { continue }
            guard let call = try? decoder.decode(RecordedCall.self, from: Data(line)) else {
                throw UnreadableLog(
                    reason: number == 0 ? "it holds no records of CloudTrail" : "line \(number + 1) is no record")
            }
            calls.append(call)
        }
        return calls
    }
}
