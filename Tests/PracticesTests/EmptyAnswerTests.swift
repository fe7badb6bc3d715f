import Foundation
import Inventory
import Posture
import Practices
import Testing

/// A text that is there and empty says neither that something is set nor that it is not.
@Suite struct EmptyAnswerTests {
    private func findings(_ id: String, _ build: (inout Account) -> Void) throws -> [Finding] {
        var account = Account.sample
        build(&account)
        return try Catalogue.check(id).findings(in: account)
    }

    @Test func anEmptyKeyIDIsUnknown() throws {
        let findings = try findings("cloudtrail-kms-encryption") { $0.hold(trails: .sample { $0.kmsKeyID = "" }) }
        #expect(findings.map(\.status) == [.unknown])
        let groups = try self.findings("log-group-encryption") {
            $0[.logGroups]["us-east-1"] = .known([.sample { $0.kmsKeyID = "" }])
        }
        #expect(groups.filter { $0.region == "us-east-1" }.map(\.status) == [.unknown])
    }

    @Test(
        "a trail without a bucket's name is unknown",
        arguments: ["trail-bucket-versioning", "trail-bucket-default-encryption"])
    func bucket(_ id: String) throws {
        let findings = try findings(id) { $0.hold(trails: .sample { $0.s3BucketName = "" }) }
        #expect(findings.map(\.status) == [.unknown])
        #expect(findings.map(\.resource.type) == ["AWS::CloudTrail::Trail"])
    }
}
