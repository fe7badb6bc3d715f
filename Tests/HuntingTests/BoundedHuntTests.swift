import Analytics
import Foundation
import LogReaders
import Sigma
import Testing

@testable import Hunting
@testable import LogSources

/// Beyond the bounds of memory, what is counted is still the same for every number of threads.
@Suite(.timeLimit(.minutes(5))) struct BoundedHuntTests {
    /// Numbers that look random and are the same in each run.
    private struct Noise {
        var state: UInt64 = 7

        mutating func callAsFunction(_ range: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % range
        }
    }

    private static let beginning = 1_772_409_600

    private static func access() -> [String] {
        var noise = Noise()
        return (0..<3_000).map { number in
            let minute = number / 2
            let time =
                "02/Mar/2026:\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60):00 +0000"
            let bucket = ["orders", "web", "trail-logs"][noise(3)]
            let user =
                noise(3) == 0 ? "-" : "arn:aws:iam::12345678901\(noise(3)):user/u\(min(noise(400), noise(400)))"
            let status = [200, 200, 200, 403, 404][noise(5)]
            let operation = ["REST.GET.OBJECT", "REST.GET.OBJECT", "REST.DELETE.OBJECT", "REST.PUT.ACL"][noise(4)]
            let key = bucket == "trail-logs" ? "AWSLogs/\(noise(90))" : "k\(noise(900))"
            return
                "owner \(bucket) [\(time)] 198.51.\(noise(4)).\(min(noise(250), noise(250))) \(user) R\(number) \(operation) \(key) \"GET /x HTTP/1.1\" \(status) - \(noise(90_000_000)) 900 9 8 \"-\" \"agent\(min(noise(90), noise(90)))\" - host= SigV4 - AuthHeader h - - -"
        }
    }

    private static func flows() -> [String] {
        var noise = Noise()
        return (0..<6_000).map { number in
            let time = beginning + number * 24
            let interface = noise(12)
            let own = "10.0.0.\(10 + interface)"
            let peer = "203.0.\(min(noise(40), noise(40))).\(1 + noise(250))"
            let (from, to) = noise(2) == 0 ? (own, peer) : (peer, own)
            let port = [443, 22, 3306, 8_443, 1_000 + noise(300)][noise(5)]
            return
                "2 123456789012 eni-\(interface) \(from) \(to) \(40_000 + noise(9_000)) \(port) 6 \(1 + noise(20)) \(noise(9_000_000)) \(time) \(time + 50) \(noise(3) == 0 ? "REJECT" : "ACCEPT") OK"
        }
    }

    private static func events() -> [String] {
        var noise = Noise()
        let names = [
            ("iam", "CreateAccessKey"), ("cloudtrail", "StopLogging"), ("bedrock", "InvokeModel"),
            ("s3", "DeleteObject"), ("ssm", "StartSession"), ("ec2", "DescribeInstances"),
        ]
        return (0..<2_000).map { number in
            let (service, name) = names[noise(names.count)]
            let day = 1 + number / 80
            let user = min(noise(300), noise(300))
            return """
                {"eventVersion":"1.11","eventID":"e\(number)","eventTime":"2026-02-\(day < 10 ? "0" : "")\(day)T0\(number % 10):\(10 + noise(50)):00Z",\
                "eventSource":"\(service).amazonaws.com","eventName":"\(name)","awsRegion":"eu-west-1","recipientAccountId":"123456789012",\
                "sourceIPAddress":"198.51.100.\(noise(250))","userIdentity":{"type":"IAMUser","accountId":"123456789012",\
                "accessKeyId":"AKIA\(1_000_000 + user)","userName":"u\(user)","arn":"arn:aws:iam::123456789012:user/u\(user)"},\
                "requestParameters":{"bucketName":"b\(noise(9))"},\
                "responseElements":{"accessKey":{"accessKeyId":"AKIA\(1_000_000 + noise(500))","userName":"u\(user)"}}}
                """
        }
    }

    private static let rules = """
        title: Deletion
        name: deletion
        id: 5f0b3f9c-2b1e-4a94-9d3c-6a1c5c2f1a01
        logsource: {product: aws, service: cloudtrail}
        detection: {selection: {eventName: [DeleteObject, StopLogging]}, condition: selection}
        level: low
        ---
        title: Deletions of many users
        id: 5f0b3f9c-2b1e-4a94-9d3c-6a1c5c2f1a02
        correlation: {type: value_count, rules: [deletion], timespan: 1h, group-by: [recipientAccountId], condition: {gte: 4, field: userIdentity.userName}}
        level: high
        """

    /// What must be equal.
    private struct Outcome: Equatable {
        var alerts: [Alert]
        var groups: [AlertGroup]
        var statistics: HuntStatistics
        var doubts: [String]
        var learning: [String]
        var requests: [DailyRequests]
        var learned: HuntBaseline
    }

    private func hunt(_ source: LogSource, _ folder: String, threads: Int) async throws -> Outcome {
        var settings = HuntSettings()
        settings.moment = Self.beginning + 30 * 86_400
        (settings.access.remembered, settings.access.rememberedAgents) = (100, 20)
        (settings.keys.rememberedCalls, settings.keys.rememberedCredentials) = (40, 90)
        settings.keys.rememberedDays = 200
        settings.keys.silentDays = 3
        (settings.flows.rememberedPairs, settings.flows.rememberedPairHours) = (1_000, 1_000)
        (settings.flows.rememberedHours, settings.flows.rememberedInterfaces) = (1_000, 1_000)
        settings.maxAlerts = 50
        let hunt = Hunt(RuleCollection(parsing: [("1.yml", Self.rules)]), for: source, settings)
        var pipeline = LogPipeline([LogLocation(folder)], layout: Hunt.layout(of: source), workers: threads)
        pipeline.sizes = PieceSizes(whole: 1 << 20, piece: 64 << 10, range: 24 << 10, block: 8 << 10)
        let (result, learned) = try await hunt.run(pipeline)
        return Outcome(
            alerts: result.alerts, groups: result.groups, statistics: result.statistics, doubts: result.doubts,
            learning: result.learning, requests: result.requests, learned: learned)
    }

    @Test(arguments: ["s3-access", "vpc-flow", "cloudtrail"], [1, 13])
    func theResultIsTheSameForEveryNumberOfThreads(name: String, files: Int) async throws {
        let source = try #require(LogSource(rawValue: name))
        let lines =
            switch source {
            case .s3Access: Self.access()
            case .vpcFlow: Self.flows()
            case .cloudTrail: Self.events()
            }
        let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-bounds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in 0..<files {
            // Neighbors in time are in different files, and files differ in length.
            let part = lines.enumerated().filter { $0.offset / 7 * $0.offset % files == file }.map(\.element)
            let text = part.joined(separator: "\n") + "\n"
            try Data(text.utf8).write(to: folder.appending(path: "\(file).log"))
        }
        let first = try await hunt(source, folder.path, threads: 1)
        #expect(first.statistics.events == lines.count)
        #expect(!first.alerts.isEmpty)
        #expect(first.doubts.contains { $0.contains("limit") }, "\(first.doubts)")
        for threads in [2, 3, 4, 1] {
            let other = try await hunt(source, folder.path, threads: threads)
            #expect(other.alerts == first.alerts, "\(threads)")
            #expect(other.doubts == first.doubts, "\(threads)")
            #expect(other == first, "\(threads)")
        }
    }
}
