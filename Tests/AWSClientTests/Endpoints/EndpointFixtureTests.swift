import Basics
import FoundationEssentials
import Testing
import TestSupport

@testable import AWSClient

/// Compares with botocore's rules, which `Tests/Support/python/endpoints.py` asks about every service that the sources
/// declare.
@Suite("Endpoints as botocore gives them")
struct EndpointFixtureTests {
    private struct Fixtures: Decodable {
        var account: String
        var partitions: [PartitionCase]
        var endpoints: [EndpointCase]
        var buckets: [BucketCase]
    }

    private struct PartitionCase: Decodable {
        var id: String
        var dnsSuffix: String
        var dualStackDnsSuffix: String
        var globalRegion: String
        var regions: [String]
    }

    private struct EndpointCase: Decodable {
        var service: String
        var name: String
        var isGlobal: Bool
        var region: String
        var fips: Bool
        var dualStack: Bool
        var url: String?
        var signingRegion: String?
        var signingName: String?
    }

    private struct BucketCase: Decodable {
        var bucket: String
        var region: String
        var url: String
    }

    private static let fixtures = Task {
        let outcome = try await Subprocess.python("Tests/Support/python/endpoints.py", [])
        try #require(outcome.status == 0, "\(outcome.standardError)")
        return try JSONDecoder().decode(Fixtures.self, from: Data(outcome.standardOutput.utf8))
    }

    @Test("Every service in regions of every partition, with and without FIPS and dual-stack")
    func endpoints() async throws {
        let fixtures = try await Self.fixtures.value
        #expect(fixtures.endpoints.count > 1100)
        for asked in fixtures.endpoints {
            // Of the wire protocol and the variable with an own address the endpoint takes no notice.
            let service = Service(
                endpointPrefix: asked.service, signingName: asked.name, environmentName: "", wireProtocol: .restJSON,
                isGlobal: asked.isGlobal)
            let partition = Partition.of(region: asked.region)
            let resolver = EndpointResolver(EndpointSettings(useFIPS: asked.fips, useDualStack: asked.dualStack))
            let endpoint = try? resolver.endpoint(for: service, region: asked.region, accountID: fixtures.account)
            if partition == .awsChina && asked.fips {
                // Deliberate: China has no FIPS endpoints. Most rules make host names there that do not exist; S3's
                // refuse, and so does Parapet for all.
                #expect(endpoint == nil, "\(asked)")
            } else if asked.service == "organizations" && (asked.fips || asked.dualStack)
                && asked.region != partition.globalRegion
            {
                // Deliberate: Organizations stands in one region of each partition, which the rules forget for some
                // of these switches.
                #expect(endpoint?.signingRegion == partition.globalRegion, "\(asked)")
                #expect(endpoint?.host.contains(".\(partition.globalRegion).") == true, "\(asked)")
            } else {
                #expect(endpoint.map { "\($0.scheme)://\($0.host)" } == asked.url, "\(asked)")
                #expect(endpoint?.signingRegion == asked.signingRegion, "\(asked)")
                #expect(endpoint?.signingName == asked.signingName, "\(asked)")
            }
        }
    }

    @Test("Partitions: suffixes, global region, and the regions that belong to them")
    func partitions() async throws {
        let fixtures = try await Self.fixtures.value
        #expect(Set(fixtures.partitions.map(\.id)) == Set(Partition.all.map(\.id)))
        for theirs in fixtures.partitions {
            let ours = try #require(Partition.named(theirs.id))
            #expect(ours.dnsSuffix == theirs.dnsSuffix)
            #expect(ours.dualStackDNSSuffix == theirs.dualStackDnsSuffix)
            #expect(ours.globalRegion == theirs.globalRegion)
            for region in theirs.regions {
                #expect(Partition.of(region: region) == ours, "\(region)")
                #expect(Region.isWellFormed(region), "\(region)")
            }
        }
    }

    @Test("Buckets stand in the host name where that can be, in the path otherwise")
    func buckets() async throws {
        let fixtures = try await Self.fixtures.value
        for asked in fixtures.buckets {
            let endpoint = try EndpointResolver().endpoint(for: .s3, region: asked.region)
            let url =
                switch endpoint.addressing(of: asked.bucket) {
                case .virtualHost: "https://\(asked.bucket).\(endpoint.host)"
                case .path: "https://\(endpoint.host)/\(asked.bucket)"
                }
            #expect(url == asked.url)
        }
    }
}
