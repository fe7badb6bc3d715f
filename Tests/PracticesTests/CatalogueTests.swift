import Basics
import Foundation
import Inventory
import Posture
import Practices
import Testing

@Suite struct CatalogueTests {
    @Test("ids are unique, lower case, and joined by hyphens")
    func idsAreWellFormed() {
        #expect(Set(Catalogue.ids).count == Catalogue.ids.count)
        for id in Catalogue.ids {
            #expect(id.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(id)")
        }
    }

    @Test("every practice has checks", arguments: Practice.all)
    func practicesHaveChecks(_ practice: Practice) {
        #expect(Catalogue.checks.contains { $0.about.practice == practice })
    }

    @Test("what other tools call a condition agrees with the catalogue of conditions", arguments: Catalogue.ids)
    func referencesAgree(of id: String) throws {
        let references = try Catalogue.check(id).about.references
        let prowler = references.filter { $0.catalogue == "prowler" }.map(\.id)
        var expected = Set(Self.withoutProwler[id] ?? [])
        // The catalogue has the ten practices' conditions only.
        let rows = prowler.compactMap { CatalogueRow.all[$0] }
        let isOfGroup = [.content, .workloads].contains(try Catalogue.check(id).about.practice)
        guard !isOfGroup || !rows.isEmpty else { return }
        #expect(rows.count == prowler.count, "no row of \(prowler)")
        for row in rows { expected.formUnion(row.others) }
        let stated = references.filter { ["securityhub", "cis"].contains($0.catalogue) }.map(\.description)
        #expect(Set(stated) == expected)
        #expect(Set(references).count == references.count)
    }

    @Test("no row is carried by no check")
    func rowsAreCarried() {
        let carried = Set(Catalogue.checks.flatMap(\.about.references).filter { $0.catalogue == "prowler" }.map(\.id))
        #expect(Set(CatalogueRow.all.keys).subtracting(carried).isEmpty)
    }

    @Test(
        "a name that other tools give to a condition of every resource is that of a check of every resource",
        arguments: [
            ("prowler:s3_bucket_secure_transport_policy", "s3-bucket-tls-only"),
            ("securityhub:S3.5", "s3-bucket-tls-only"),
            ("prowler:s3_bucket_no_mfa_delete", "s3-bucket-mfa-delete"), ("cis:3.0/2.1.2", "s3-bucket-mfa-delete"),
            ("prowler:s3_bucket_object_versioning", "s3-bucket-versioning"),
            ("securityhub:S3.14", "s3-bucket-versioning"),
            ("prowler:s3_bucket_default_encryption", "s3-bucket-default-encryption"),
            ("securityhub:S3.9", "s3-bucket-access-logging"), ("cis:1.4/2.1.1", "s3-bucket-default-encryption"),
            ("prowler:kms_cmk_not_deleted_unintentionally", "kms-key-not-pending-deletion"),
            ("securityhub:KMS.3", "kms-key-not-pending-deletion"),
            ("prowler:kms_cmk_rotation_enabled", "kms-key-rotation"),
            ("securityhub:KMS.4", "kms-key-rotation"), ("cis:3.0/3.6", "kms-key-rotation"),
            ("cis:1.4/3.8", "kms-key-rotation"), ("prowler:kms_key_not_publicly_accessible", "kms-key-not-public"),
            ("securityhub:KMS.5", "kms-key-not-public"),
            ("prowler:cloudwatch_log_group_kms_encryption_enabled", "log-group-encryption"),
            ("prowler:ec2_instance_port_cifs_exposed_to_internet", nil),
        ])
    func namesOfEveryResource(_ name: String, _ id: String?) throws {
        let named = Catalogue.checks.filter { $0.about.references.map(\.description).contains(name) }
        #expect(named.map(\.about.id) == [id].compactMap(\.self))
    }

    /// Conditions that Prowler does not have, or not alone.
    private static let withoutProwler: [String: [String]] = [
        "cloudtrail-multi-region": ["securityhub:CloudTrail.1", "cis:1.4/3.1", "cis:3.0/3.1", "cis:5.0/3.1"],
        "iam-customer-policy-no-service-wildcard": ["securityhub:IAM.21"],
        "iam-customer-policy-no-decryption-with-every-key": ["securityhub:KMS.1"],
        "iam-inline-policy-no-decryption-with-every-key": ["securityhub:KMS.2"],
        "security-group-authorized-ports": ["securityhub:EC2.18"],
        "security-group-mail-retrieval": ["securityhub:EC2.19"], "security-group-rpc": ["securityhub:EC2.19"],
        "security-group-development-web": ["securityhub:EC2.19"], "security-group-msql": ["securityhub:EC2.19"],
        "security-group-fcp": ["securityhub:EC2.19"],
        "security-group-smtp": ["securityhub:EC2.19"],
        "security-group-smb": ["securityhub:EC2.19", "cis:5.0/5.1.2"],
        "iam-user-unused": ["securityhub:IAM.8", "securityhub:IAM.22"],
    ]

    @Test("the texts say what is wrong, what to do and where that is written", arguments: Catalogue.ids)
    func textsAreThere(of id: String) throws {
        let about = try Catalogue.check(id).about
        for text in [about.title, about.risk, about.remedy] {
            #expect(!text.isEmpty && !text.contains("  "), "\(text)")
        }
        #expect(!about.judges.contains("  ") && !about.judges.hasPrefix(" "), "\(about.judges)")
        #expect(about.risk.hasSuffix(".") && about.remedy.hasSuffix(".") && !about.title.hasSuffix("."))
        #expect(!about.sources.isEmpty && !about.reads.isEmpty)
    }

    @Test("the settings that a check names are settings")
    func settingsExist() {
        let names = Set(Settings.CodingKeys.allCases.map(\.rawValue))
        for check in Catalogue.checks {
            #expect(Set(check.about.settings).isSubset(of: names), "\(check.about.id)")
        }
    }
}
