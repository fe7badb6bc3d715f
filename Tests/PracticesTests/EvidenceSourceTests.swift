import AWSClient
import Basics
import Inventory
import Posture
import Practices
import Testing

/// Evidence names the call through which it was seen, not another one.
@Suite struct EvidenceSourceTests {
    private func evidence(_ check: String, _ build: (inout Account) -> Void) throws -> [Evidence] {
        var account = Account.sample
        account.hold(trails: .sample)
        account.hold(keys: .sample)
        account.holdNoWorkloads()
        account.hold(
            roles: [.sample { $0.rolePolicyList = [InlinePolicy(policyName: "all", policyDocument: .administrator)] }],
            policies: [.sample])
        account[.organization] = .known(nil)
        account[.organizationPolicies] = .known(OrganizationPolicies())
        account[.accountPublicAccessBlock] = .known(.allOff)
        build(&account)
        let checks = [try Catalogue.check(check)]
        return Evaluator(checks: checks, criteria: .sample).findings(in: account).flatMap(\.evidence)
    }

    private func naming(_ text: String, in evidence: [Evidence]) -> Set<Evidence.Source> {
        Set(evidence.filter { "\($0.value)".contains(text) }.map(\.source))
    }

    @Test func anOutsiderOfABucketPolicyWasSeenInTheBucketPolicy() throws {
        let evidence = try evidence("trail-bucket-access") {
            $0.hold(
                buckets: .sample {
                    $0.policy = .known(
                        PolicyDocument(
                            statements: PolicyDocument.trailDelivery,
                            #"""
                            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
                             "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-trail/*"}
                            """#))
                })
        }
        #expect(naming("999999999999", in: evidence) == [.call("s3:GetBucketPolicy")])
        #expect(naming("role/deploy", in: evidence) == [.call("iam:GetAccountAuthorizationDetails")])
    }

    @Test func everybodyInAnAccessControlListWasSeenInTheList() throws {
        let evidence = try evidence("trail-bucket-access") {
            $0.hold(
                buckets: .sample {
                    $0.policy = .known(nil)
                    $0.publicAccessBlock = .known(.allOff)
                    $0.grants = .known([
                        BucketGrant(group: "http://acs.amazonaws.com/groups/global/AllUsers", "READ")
                    ])
                })
        }
        #expect(naming("access control list", in: evidence).isSubset(of: [.call("s3:GetBucketAcl")]))
    }

    @Test func whatTrailsUseNamesTheTrails() throws {
        for id in ["trail-bucket-versioning", "trail-bucket-tls-only"] {
            let evidence = try evidence(id) { $0.hold(buckets: .sample) }
            #expect(evidence.contains(Evidence("TrailARN", [.string(Trail.sample.trailARN)], from: .describeTrails)))
        }
    }

    @Test func whatIsConcludedIsDerived() throws {
        let evidence = try evidence("iam-no-privilege-escalation") { account in
            account.hold(roles: [.sample], policies: [.sample])
        }
        #expect(evidence.map(\.source) == [.derived])
    }

    @Test func aSourceIsOneWordOfJSON() throws {
        for (source, text) in [
            (Evidence.Source.call("s3:GetBucketPolicy"), "s3:GetBucketPolicy"), (.settings, "settings"),
            (.derived, "derived"),
        ] {
            #expect(source.description == text)
        }
    }
}
