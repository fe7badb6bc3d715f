import Posture
import Testing

@Suite struct CheckIndexTests {
    private let index = CheckIndex([
        Fixed("root-mfa", references: [.securityHub("IAM.9"), .cis("3.0", "1.5")]),
        Fixed("root-access-key", references: [.prowler("iam_no_root_access_key")]),
        Fixed("password-length", references: [.securityHub("IAM.7")]),
        Fixed("password-reuse", references: [.securityHub("IAM.7")]),
    ])

    @Test(
        "a check answers to its id and to other catalogues' ids, whatever the case",
        arguments: [
            ("root-mfa", ["root-mfa"]), ("Root-MFA", ["root-mfa"]), ("securityhub:IAM.9", ["root-mfa"]),
            ("SECURITYHUB:iam.9", ["root-mfa"]), ("cis:3.0/1.5", ["root-mfa"]),
            ("securityhub:IAM.7", ["password-length", "password-reuse"]), ("IAM.9", ["root-mfa"]),
            ("iam.7", ["password-length", "password-reuse"]), ("IAM_no_root_access_key", ["root-access-key"]),
            ("3.0/1.5", ["root-mfa"]),
        ])
    func finds(_ name: String, _ ids: [String]) throws {
        #expect(try index.checks(named: name).map(\.about.id) == ids)
    }

    @Test(
        "a name that no check has brings the nearest names of its kind, spelled as they are",
        arguments: [
            ("root-mfaa", "root-mfa"), ("rootaccesskey", "root-access-key"), ("securityhub:IAM.8", "securityhub:IAM.7"),
            ("cis:3.0/1.6", "cis:3.0/1.5"), ("cis:1.5", "cis:3.0/1.5"),
        ])
    func nearest(_ name: String, _ first: String) {
        let error = #expect(throws: UnknownCheck.self) { try index.checks(named: name) }
        #expect(error?.nearest.first == first)
        #expect((error?.nearest.count ?? 0) <= 3)
        #expect(error?.nearest.allSatisfy { $0.contains(":") == name.contains(":") } == true)
        #expect(error?.description.hasPrefix("unknown check '\(name)'; similar:") == true)
    }

    @Test("the nearest of an id without its catalogue have theirs")
    func nearestWithoutCatalogue() {
        let error = #expect(throws: UnknownCheck.self) { try index.checks(named: "IAM.99") }
        #expect(error?.nearest.first == "securityhub:IAM.9")
        let rule = CheckIndex([Fixed("trail-regions", references: [.config("multi-region-cloudtrail-enabled")])])
        let unknown = #expect(throws: UnknownCheck.self) {
            try rule.checks(named: "multi-region-cloud-trail-enabled")
        }
        #expect(unknown?.nearest == ["config:multi-region-cloudtrail-enabled"])
    }

    @Test("a check's own id goes before another catalogue's")
    func ownIdFirst() throws {
        let index = CheckIndex([Fixed("a", references: [.config("b")]), Fixed("b")])
        #expect(try index.checks(named: "b").map(\.about.id) == ["b"])
    }

    @Test(
        "a check answers to the identifier of a rule of AWS Config",
        arguments: [
            ("config:S3_BUCKET_SSL_REQUESTS_ONLY", "tls"), ("S3_BUCKET_SSL_REQUESTS_ONLY", "tls"),
            ("config:INCOMING_SSH_DISABLED", "ssh"), ("config:restricted-ssh", "ssh"),
        ])
    func ruleIdentifiers(_ name: String, _ id: String) throws {
        let index = CheckIndex([
            Fixed("tls", references: [.config("s3-bucket-ssl-requests-only")]),
            Fixed("ssh", references: [.config("restricted-ssh")]),
        ])
        #expect(try index.checks(named: name).map(\.about.id) == [id])
    }

    @Test("without checks there is nothing near") func empty() {
        let error = #expect(throws: UnknownCheck.self) { try CheckIndex([]).checks(named: "root") }
        #expect(error?.description == "unknown check 'root'")
    }
}
