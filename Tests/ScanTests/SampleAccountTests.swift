import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Testing
import TestSupport

/// The faults that Examples/sample-account/README.md lists are found, all of them and no others, over real HTTP.
@Suite(.timeLimit(.minutes(10))) struct SampleAccountTests {
    private static let run = Task {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        let proxy = try await TestServer.start { request in
            (try? await sampleAnswer(to: request, from: upstream)).map { .answer($0) } ?? .hangUp
        }
        return await SampleScan.scan(proxy.endpoint)
    }

    /// What fails, by check, as far as faults were planted for it: names as people know them. `the account` stands for the account as a whole.
    static let planted: [String: Set<String>] = {
        let open: Set<String> = ["sandbox-anything", "legacy-range"]
        let legacyBuckets: Set<String> = ["marlow-finch-old-logs", "marlow-finch-sydney-trail"]
        let grantingAll: Set<String> = ["legacy-everything", "migration-2021"]
        let holdingAll: Set<String> = ["contractors", "warehouse-robots"]
        var planted: [String: Set<String>] = [
            "cloudtrail-all-regions": [],
            "cloudtrail-management-events": [],
            "cloudtrail-log-file-validation": ["ireland-legacy"],
            "cloudtrail-delivery": ["ireland-legacy", "sydney-writes"],
            "cloudtrail-cloudwatch-logs": ["ireland-legacy"],
            "trail-bucket-access-logging": ["marlow-finch-old-logs"],
            "trail-bucket-access-logging-target": ["marlow-finch-sydney-trail"],
            "vpc-flow-logs": ["sandbox", "staging", "sydney", "default VPC"],
            "iam-user-no-policies": ["quentin.leroy", "rosa.silva", "sam.okafor"],
            "iam-user-administrator-access": ["quentin.leroy"],
            "iam-group-administrator-access": ["platform-admins"],
            "iam-role-administrator-access": ["break-glass"],
            "iam-aws-policy-no-admin": ["AdministratorAccess"],
            "iam-customer-policy-no-admin": ["legacy-everything"],
            "iam-unattached-policy-no-admin": ["migration-2021"],
            "iam-unattached-policy-no-privilege-escalation": ["people-keeper", "power-user"],
            "iam-inline-policy-no-admin": ["contractors", "warehouse-robots"],
            "iam-user-in-group": ["tess.vermeer"],
            "iam-customer-policy-no-full-cloudtrail": grantingAll.union(["trail-keeper", "power-user"]),
            "iam-customer-policy-no-full-kms": grantingAll.union(["key-keeper", "power-user"]),
            "iam-customer-policy-no-full-iam": grantingAll.union(["people-keeper"]),
            "iam-inline-policy-no-full-cloudtrail": holdingAll.union(["trail-janitor"]),
            "iam-inline-policy-no-full-kms": holdingAll.union(["key-rotator"]),
            "iam-inline-policy-no-full-iam": holdingAll.union(["people-sync"]),
            "iam-policy-no-assume-any-role": grantingAll.union(holdingAll).union([
                "role-switcher", "power-user", "shift-switcher",
            ]),
            "iam-policy-no-pass-any-role": grantingAll.union(holdingAll).union([
                "function-deployer", "people-keeper", "people-sync", "function-factory",
            ]),
            "iam-policy-no-allow-not-action": ["power-user", "test-runner"],
            "iam-cloudshell-full-access": ["data-science"],
            "iam-role-trust-not-public": ["open-reading-club"],
            "iam-role-trust-other-accounts": ["print-on-demand"],
            "iam-role-trust-service-source": ["warehouse-robots"],
            "iam-role-trust-oidc-subject": ["catalogue-ci"],
            "iam-role-trust-saml-audience": ["office-reading"],
            "iam-role-outside-read-only-access": ["group-reporting"],
            "iam-no-privilege-escalation": ["people-sync", "test-runner"],
            "trail-key-decrypters-are-readers": ["the Sydney key"],
            "trail-bucket-access": ["marlow-finch-old-logs"],
            // Who is meant to control the trails nobody has said, so a person must judge the evidence.
            "trail-control": [],
            "iam-unused-permissions": ["karin.berg", "nightly-batch"],
            "trail-bucket-not-public": ["marlow-finch-old-logs"],
            "trail-bucket-versioning": legacyBuckets,
            "trail-bucket-mfa-delete": legacyBuckets.union(["marlow-finch-cloudtrail"]),
            "trail-bucket-tls-only": legacyBuckets,
            "trail-bucket-policy-source": legacyBuckets,
            "cloudtrail-kms-encryption": ["ireland-legacy"],
            "trail-bucket-default-encryption": ["marlow-finch-old-logs"],
            "trail-key-enabled": [],
            "trail-key-rotation": ["the Sydney key"],
            "trail-key-not-public": ["the Sydney key"],
            "trail-key-encryption-context": ["the Sydney key"],
            "trail-log-group-encrypted": ["/cloudtrail/sydney"],
            "iam-access-key-rotation": ["svc-erp-export", "uma.patel", "svc-old-newsletter", "zoe.contractor"],
            "iam-single-active-key": ["victor.dahl", "zoe.contractor"],
            "iam-password-policy-expiry": ["the account"],
            "iam-password-policy-length": ["the account"],
            "iam-password-policy-reuse": ["the account"],
            "iam-password-policy-symbol": ["the account"],
            "iam-password-policy-lowercase": [],
            "iam-password-policy-uppercase": [],
            "iam-password-policy-number": [],
            "security-group-all-ports": open,
            "security-group-default-closed": ["default"],
            "security-group-unused": [],
            "network-acl-ssh": ["staging-remote", "sandbox-open", "default ACL"],
            "network-acl-rdp": ["staging-remote", "sandbox-open", "default ACL"],
            "network-acl-all-ports": ["sandbox-open", "default ACL"],
            "root-access-key": ["the account"],
            "root-mfa": ["the account"],
            "root-hardware-mfa": ["the account"],
            "root-unused": ["the account"],
            "iam-access-key-unused": ["svc-old-newsletter", "xavier.gomez", "zoe.contractor"],
            "iam-password-unused": ["wendy.clarke", "yuki.sato", "zoe.contractor"],
            "iam-user-unused": ["wendy.clarke", "yuki.sato", "zoe.contractor", "svc-old-newsletter"],
            "iam-user-initial-access-key": [],
            "rds-instance-storage-encryption": ["returns"],
            "ec2-instance-imdsv2": ["batch"],
        ]
        let services: [String: Set<String>] = [
            "ssh": ["build-agents", "partner-sftp"], "rdp": ["till-terminals"], "mysql": ["reporting"],
            "mongodb": ["recommendations"], "redis": ["queue-cache"], "smtp": ["mail-relay"],
            "elasticsearch": ["search"], "ftp": ["dublin-ftp"], "telnet": [], "kerberos": [], "ldap": [], "smb": [],
            "mssql": [], "oracle": [], "nfs": [], "postgresql": [], "cassandra": [], "kafka": [], "memcached": [],
        ]
        for (service, groups) in services { planted["security-group-\(service)"] = groups.union(open) }
        return planted
    }()

    @Test func everyRowOfTheTableIsACheck() {
        #expect(Set(Catalogue.checks.map(\.about.id)).isSuperset(of: Self.planted.keys))
    }

    @Test(arguments: Catalogue.checks.map(\.about.id))
    func thePlantedFaultsAreFoundAndNoOthers(check: String) async throws {
        let run = try await Self.run.value
        let findings = run.findings.filter { $0.check == check }
        let failing = Set(findings.filter { $0.status == .fail }.map { name($0.resource, run.account) })
        if let planted = Self.planted[check] { #expect(failing == planted) }
        #expect(findings.contains { $0.status != .unknown }, "the check gives a verdict")
        #expect(findings.allSatisfy { $0.status == .unknown || !$0.evidence.isEmpty }, "every verdict has evidence")
    }

    @Test(arguments: Practice.all)
    func everyPracticeHasAFault(practice: Practice) async throws {
        let findings = try await Self.run.value.findings
        #expect(findings.contains { $0.practice == practice && $0.status == .fail })
    }

    /// With a list of who is meant, those who are not on it are named; with all of them on it, the trail passes.
    @Test func whoCanStopTheTrailsIsHeldAgainstTheList() async throws {
        let account = try await Self.run.value.account
        func judged(_ administrators: [String]) throws -> Finding {
            var criteria = Criteria(now: Date())
            criteria.settings.trailAccess = TrailAccess()
            criteria.settings.trailAccess?.trailAdministrators = administrators
            let check = try #require(Catalogue.checks.first { $0.about.id == "trail-control" })
            let findings = Evaluator(checks: [check], criteria: criteria).findings(in: account)
            return try #require(findings.first { $0.resource.id == "company-trail" })
        }
        // Quentin may not stop or delete trails, but change them.
        let failing = try judged(["arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:user/quentin.*"])
        #expect(failing.status == .fail && failing.message.hasPrefix("User zoe.contractor can"))
        let evidence = try #require(failing.evidence.first)
        #expect("\(evidence.value)".contains("zoe.contractor: [0] of group/contractors: inline policy"))
        #expect(try judged(["arn:aws:iam::123456789012:*"]).status == .pass)
    }

    private func name(_ resource: Resource, _ account: Account) -> String {
        switch resource.type {
        case "AWS::::Account": "the account"
        case "AWS::KMS::Key": resource.arn.contains("ap-southeast-2") ? "the Sydney key" : "another key"
        case "AWS::EC2::VPC": resource.name ?? "default VPC"
        case "AWS::EC2::NetworkAcl": resource.name ?? "default ACL"
        default: resource.name ?? resource.id
        }
    }

    // MARK: What moto does not hold

    /// Moto forgets MfaDelete, so a stand-in answers for GetBucketVersioning alone.
    @Test func mfaDeleteIsSeenWhereItIsOn() async throws {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        let proxy = try await TestServer.start { request in
            if WireOperation(request)?.description == "s3:GetBucketVersioning" {
                return .answer(
                    .xml(
                        "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>"
                    ))
            }
            return (try? await upstream.answer(request)).map { .answer($0) } ?? .hangUp
        }
        let checks = Catalogue.checks.filter { $0.about.id == "trail-bucket-mfa-delete" }
        let findings = await SampleScan.scan(proxy.endpoint, checks: checks).findings
        #expect(findings.map(\.status) == [.pass, .pass, .pass])
    }

    /// The trail's bucket and key belong to another account: they are not judged by guessing.
    @Test func whatAnotherAccountOwnsIsUnknown() async throws {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        let proxy = try await TestServer.start { request in
            let operation = WireOperation(request)
            if let operation, operation.name == "GetBucketLocation", request.path.contains("someone-elses-") {
                return .answer(operation.denial)
            }
            guard let answer = try? await upstream.answer(request) else { return .hangUp }
            guard operation?.description == "cloudtrail:DescribeTrails" else { return .answer(answer) }
            let text = String(decoding: answer.body, as: UTF8.self)
                .replacingOccurrences(of: "\"marlow-finch-", with: "\"someone-elses-")
                .replacingOccurrences(of: ":123456789012:key/", with: ":999999999999:key/")
            return .answer(HTTPResponse(status: 200, headers: answer.headers, body: Array(text.utf8)))
        }
        let checks = Catalogue.checks.filter { $0.about.reads.contains(.trails) }
        let run = await SampleScan.scan(proxy.endpoint, checks: checks)
        let about = run.findings.filter { ["AWS::S3::Bucket", "AWS::KMS::Key"].contains($0.resource.type) }
        #expect(!about.isEmpty)
        for finding in about {
            #expect(finding.status == .unknown, "\(finding.check): \(finding.message)")
            #expect(finding.unknown?.reason == .anotherAccount, "\(finding.check)")
        }
    }
}
