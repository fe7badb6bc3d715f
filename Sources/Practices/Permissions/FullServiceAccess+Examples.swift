import AWSClient
import Inventory
import Posture

extension FullServiceAccess {
    var examples: [Example] {
        [
            .passes("a policy allows read actions of the service") {
                $0.hold(policy: allow("\(service.prefix):Describe*", "\(service.prefix):Get*"), in: [home])
            },
            .passes("a policy allows every action on one resource") {
                $0.hold(policy: allow("\(service.prefix):*", on: service.oneResource), in: [home])
            },
            .passes("another statement denies all of it") {
                $0.hold(
                    policy: PolicyDocument(
                        statements: allow("*"),
                        #"{"Effect": "Deny", "Action": "\#(service.prefix):*", "Resource": "*"}"#),
                    in: [home])
            },
            .fails("a policy allows every action") {
                $0.hold(policy: allow("\(service.prefix):*"), in: [home])
            },
            .fails("a policy allows all actions, in uppercase") {
                $0.hold(policy: allow("sqs:ListQueues", "\(service.prefix.uppercased()):**"), in: [home])
            },
            .fails("a policy allows every action of every service") {
                $0.hold(policy: .administrator, in: [home])
            },
            .fails("a policy allows every action on all of the account's resources") {
                $0.hold(policy: allow("\(service.prefix):*", on: service.resources(in: $0)), in: [home])
            },
            .fails("a policy allows all but one other service") {
                $0.hold(policy: #"{"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}"#, in: [home])
            },
            .fails("another statement denies one action only") {
                $0.hold(
                    policy: PolicyDocument(
                        statements: allow("\(service.prefix):*"),
                        #"{"Effect": "Deny", "Action": "\#(service.prefix):Delete*", "Resource": "*"}"#),
                    in: [home])
            },
            .unknown("the policy document is not valid") { $0.hold(policy: .unreadable, in: [home]) },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func allow(_ actions: String..., on resource: String = "*") -> String {
        let list = actions.map { #""\#($0)""# }.joined(separator: ", ")
        return #"{"Effect": "Allow", "Action": [\#(list)], "Resource": "\#(resource)"}"#
    }
}
