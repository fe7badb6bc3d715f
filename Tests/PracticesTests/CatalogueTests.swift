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

    @Test("every recommendation of CIS that a check names is one of its version")
    func recommendationsExist() {
        let known = Set(CISBenchmark.versions.flatMap { version, ids in ids.map { Reference.cis(version, $0) } })
        let named = Set(Catalogue.checks.flatMap(\.about.controls).filter { $0.catalogue == "cis" })
        #expect(named.subtracting(known).isEmpty)
        #expect(
            CISBenchmark.versions.map { "\($0.version) \($0.controls.count)" } == [
                "7.0 70", "6.0 63", "5.0 63", "3.0 62", "1.4 58",
            ])
        for (version, ids) in CISBenchmark.versions { #expect(Set(ids).count == ids.count, "\(version)") }
    }

    @Test(
        "later versions of CIS number a recommendation anew",
        arguments: [
            ("cloudtrail-log-file-validation", ["4.2", "4.2"]), ("root-access-key", ["2.3", "2.4"]),
            ("iam-access-key-rotation", ["2.13", "2.12"]), ("iam-single-active-key", ["2.12", nil]),
            ("iam-user-no-policies", ["2.14", "2.13"]), ("security-group-smb", ["6.1.2", "6.1.2"]),
        ])
    func laterNumbers(_ id: String, _ numbers: [String?]) throws {
        let controls = try Catalogue.check(id).about.controls
        let found = ["6.0", "7.0"].map { version in
            controls.first { $0.framework == "cis-\(version)" }.map { String($0.id.drop { $0 != "/" }.dropFirst()) }
        }
        #expect(found == numbers)
    }

    @Test(
        "a check has the requirements of its Security Hub controls",
        arguments: [
            ("root-mfa", "pci-4.0.1", ["8.4.2"]),
            ("root-mfa", "nist-800-53", ["AC-2(1)", "AC-3(15)", "IA-2(1)", "IA-2(2)", "IA-2(6)", "IA-2(8)"]),
            ("iam-access-key-rotation", "pci-4.0.1", ["8.3.9", "8.6.3"]),
            ("kms-key-rotation", "nist-800-53", ["SC-12", "SC-12(2)", "SC-28(3)"]),
            ("kms-key-not-public", "nist-800-53", []), ("log-group-encryption", "pci-4.0.1", []),
        ])
    func requirements(_ id: String, _ framework: String, _ expected: [String]) throws {
        let requirements = try Catalogue.check(id).about.requirements.filter { $0.framework == framework }
        #expect(requirements.map { String($0.id.drop { $0 != "/" }.dropFirst()) } == expected)
    }

    @Test("requirements have the form of their framework", arguments: Catalogue.ids)
    func requirementsAreWellFormed(of id: String) throws {
        for requirement in try Catalogue.check(id).about.requirements {
            switch requirement.framework {
            case "pci-4.0.1":
                #expect(requirement.id.wholeMatch(of: /4\.0\.1\/\d+(\.\d+){2,3}/) != nil, "\(requirement)")
            case "nist-800-53":
                #expect(requirement.id.wholeMatch(of: /800-53\/[A-Z]{2}-\d+(\(\d+\))?/) != nil, "\(requirement)")
            default: Issue.record("\(requirement)")
            }
        }
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
