import AWSClient
import Inventory
import Posture

extension RoleTrustServiceSource {
    var examples: [Example] {
        [
            .passes("the service must name the account") {
                $0.hold(trust: SampleTrust.of(flowLogs, #"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#))
            },
            .passes("the service must name a resource of the account") {
                $0.hold(
                    trust: SampleTrust.of(
                        flowLogs,
                        #"{"ArnLike": {"aws:SourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"}}"#))
            },
            .passes("the service must name an account of the organization") {
                $0.hold(trust: SampleTrust.of(flowLogs, #"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("the service does not have to provide a source") { $0.hold(trust: SampleTrust.of(flowLogs)) },
            .fails("the service can name a resource of any account") {
                $0.hold(
                    trust: SampleTrust.of(
                        flowLogs, #"{"ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:*:vpc-flow-log/*"}}"#)
                )
            },
            .fails("the service must name the account only if it names one") {
                $0.hold(
                    trust: SampleTrust.of(
                        flowLogs, #"{"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}"#))
            },
            .unknown("the trust policy is not valid") {
                $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = .unreadable }])
            },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private var flowLogs: String { #"{"Service": "vpc-flow-logs.amazonaws.com"}"# }
}
