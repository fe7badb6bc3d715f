import AWSClient
import Inventory
import Posture

extension RoleTrustOtherAccounts {
    var examples: [Example] {
        [
            .passes("another account must give an external id") {
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.externalID))
            },
            .passes("another account must be of the own organization") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.sameOrganization))
            },
            .passes("the organization's management account may assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(#"{"AWS": "arn:aws:iam::111111111111:root"}"#))
            },
            .passes("another account is trusted by the settings", .trusting("999999999999")) {
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger))
            },
            .fails("another account may assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger))
            },
            .fails("one role of another account may assume the role, with MFA") {
                $0[.organization] = .known(nil)
                $0.hold(
                    trust: SampleTrust.of(
                        #"{"AWS": "arn:aws:iam::999999999999:role/deploy"}"#,
                        #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#))
            },
            .fails("everybody of another organization may assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(SampleTrust.everybody, SampleTrust.otherOrganization))
            },
            .fails("any external id will do") {
                $0[.organization] = .known(nil)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, #"{"StringLike": {"sts:ExternalId": "*"}}"#))
            },
            .fails("one statement demands an external id, and another none") {
                $0[.organization] = .known(nil)
                $0.hold(
                    trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.externalID),
                    SampleTrust.of(#"{"AWS": "222222222222"}"#))
            },
            .unknown("whether the other account is the organization's cannot be read") {
                $0[.organization] = .denied(.describeOrganization)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.sameOrganization))
            },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
