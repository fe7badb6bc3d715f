import Basics
import ArgumentParser
import AWSClient
import Foundation
import TestSupport

/// Plays the AWS that a verification needs over HTTP, each answer some milliseconds late: S3 with one bucket, CloudTrail's
/// public keys, STS. Prints its address and runs until standard input closes.
struct Serve: AsyncParsableCommand {
    @Argument var folder: String
    /// In milliseconds.
    @Option var latency = 30

    func run() async throws {
        let root = URL(filePath: folder).appending(path: "benchmark")
        let bucket = try ServedBucket(root)
        let keys = try Data(contentsOf: URL(filePath: folder).appending(path: "keys.json"))
        let server = try await TestServer.start { [latency] request in
            try? await Task.sleep(for: .milliseconds(latency))
            return .answer(answer(request, bucket, keys: Array(keys)))
        }
        FileHandle.standardOutput.write(Data("READY \(server.endpoint)\n".utf8))
        await Task.detached { while readLine() != nil {} }.value
        withExtendedLifetime(server) {}
    }

    private func answer(_ request: HTTPRequest, _ bucket: ServedBucket, keys: [UInt8]) -> HTTPResponse {
        if request[header: "X-Amz-Target"]?.hasSuffix(".ListPublicKeys") == true {
            return HTTPResponse(status: 200, headers: [.init("Content-Type", "application/x-amz-json-1.1")], body: keys)
        }
        if request.method == "POST" {
            return .xml(
                """
                <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/b</Arn>\
                <UserId>b</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
                """)
        }
        if request.query.contains(where: { $0.name == "location" }) { return .xml("<LocationConstraint/>") }
        let key = (PercentEncoding.decode(request.path) ?? "").dropFirst("/benchmark/".count)
        return key.isEmpty ? bucket.list(request) : bucket.object(String(key), request[header: "Range"])
    }
}

/// The bucket's objects, held in memory.
private struct ServedBucket: Sendable {
    private let keys: [String]
    private let objects: [String: HTTPResponse]

    init(_ root: URL) throws {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".json.gz") }
        struct Head: Decodable {
            var Metadata: [String: String]
        }
        var objects: [String: HTTPResponse] = [:]
        for path in paths {
            let file = root.appending(path: path)
            let metadata = try? Data(contentsOf: URL(filePath: file.path + ".metadata.json"))
            let head = try metadata.map { try JSONDecoder().decode(Head.self, from: $0) }
            objects[path] = HTTPResponse(
                status: 200,
                headers: [.init("ETag", "\"\(path.count)\"")]
                    + (head?.Metadata ?? [:]).map { .init("x-amz-meta-\($0.key)", $0.value) },
                body: Array(try Data(contentsOf: file)))
        }
        self.objects = objects
        keys = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func list(_ request: HTTPRequest) -> HTTPResponse {
        func query(_ name: String) -> String { request.query.first { $0.name == name }?.value ?? "" }
        let prefix = query("prefix")
        let after = [query("start-after"), query("marker")].max() ?? ""
        let found = keys.filter { $0.hasPrefix(prefix) && $0 > after }
        var body = "<ListBucketResult><IsTruncated>false</IsTruncated>"
        if query("delimiter").isEmpty {
            body += found.prefix(1000).map {
                "<Contents><Key>\($0)</Key><Size>\(objects[$0]?.body.count ?? 0)</Size></Contents>"
            }.joined()
        } else {
            let folders = Set(found.compactMap { $0.dropFirst(prefix.count).split(separator: "/").first }).sorted()
            body += folders.map { "<CommonPrefixes><Prefix>\(prefix)\($0)/</Prefix></CommonPrefixes>" }.joined()
        }
        return .xml(body + "</ListBucketResult>")
    }

    func object(_ key: String, _ range: String?) -> HTTPResponse {
        guard var answer = objects[key] else {
            var missing = HTTPResponse.xml("<Error><Code>NoSuchKey</Code><Message>not there</Message></Error>")
            missing.status = 404
            return missing
        }
        let bounds = range?.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) } ?? []
        if bounds.count == 2 {
            let part = bounds[0]..<min(bounds[1] + 1, answer.body.count)
            answer.status = 206
            answer.headers.append(
                .init("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(answer.body.count)"))
            answer.body = Array(answer.body[part])
        }
        return answer
    }
}

extension HTTPResponse {
    fileprivate static func xml(_ text: String) -> HTTPResponse {
        HTTPResponse(status: 200, headers: [.init("Content-Type", "application/xml")], body: Array(text.utf8))
    }
}
