import AWSClient
import Inventory
import Posture

extension RoleTrustOtherAccounts {
    var examples: [Example] {
        [
            .passes("another account must provide an external ID") {
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.externalID))
            },
            .passes("another account must belong to the same organization") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.sameOrganization))
            },
            .passes("the organization's management account can assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(#"{"AWS": "arn:aws:iam::111111111111:root"}"#))
            },
            .passes("another account is trusted by the configuration", .trusting("999999999999")) {
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger))
            },
            .fails("another account can assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger))
            },
            .fails("one role of another account can assume the role, with MFA") {
                $0[.organization] = .known(nil)
                $0.hold(
                    trust: SampleTrust.of(
                        #"{"AWS": "arn:aws:iam::999999999999:role/deploy"}"#,
                        #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#))
            },
            .fails("any principal of another organization can assume the role") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trust: SampleTrust.of(SampleTrust.everybody, SampleTrust.otherOrganization))
            },
            .fails("any external ID is accepted") {
                $0[.organization] = .known(nil)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, #"{"StringLike": {"sts:ExternalId": "*"}}"#))
            },
            .fails("one statement requires an external ID, and another does not") {
                $0[.organization] = .known(nil)
                $0.hold(
                    trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.externalID),
                    SampleTrust.of(#"{"AWS": "222222222222"}"#))
            },
            .unknown("whether the other account belongs to the organization cannot be read") {
                $0[.organization] = .denied(.describeOrganization)
                $0.hold(trust: SampleTrust.of(SampleTrust.stranger, SampleTrust.sameOrganization))
            },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
