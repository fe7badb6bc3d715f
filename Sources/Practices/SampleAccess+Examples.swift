import EffectiveAccess
import Inventory
import Posture

// Setters and samples that the examples of checks on effective access share.

enum SampleAccess {
    static let audit = "arn:aws:iam::123456789012:role/audit"

    static func statement(_ action: String, on resource: String = "*") -> String {
        #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "\#(resource)"}"#
    }
}

extension Account {
    /// Sets the sample trail with its bucket and key, in an account without an organization, and these users and roles.
    mutating func holdForAccess(users: [String] = [], allowing action: String = "", roles: [Role]) {
        hold(trails: .sample)
        hold(buckets: .sample)
        hold(keys: .sample)
        self[.accountPublicAccessBlock] = .known(.allOff)
        self[.organization] = .known(nil)
        self[.organizationPolicies] = .known(OrganizationPolicies())
        holdNoWorkloads()
        hold(
            users: users.map { name in
                User(
                    userName: name, arn: "arn:aws:iam::123456789012:user/\(name)",
                    userPolicyList: action.isEmpty ? [] : [.allowing(action)])
            }, roles: roles)
    }
}

extension Role {
    static func audit(allowing action: String, on resource: String = "*") -> Role {
        .named("audit", allowing: [action], on: resource)
    }

    static func deploy(allowing actions: String..., on resource: String = "*") -> Role {
        .named("deploy", allowing: actions, on: resource)
    }

    static func named(_ name: String, allowing actions: [String], on resource: String = "*") -> Role {
        .sample {
            $0.roleName = name
            $0.arn = "arn:aws:iam::123456789012:role/\(name)"
            $0.attachedManagedPolicies = []
            $0.rolePolicyList = actions.map { .allowing($0, on: resource) }
        }
    }
}

extension InlinePolicy {
    static func allowing(_ action: String, on resource: String = "*") -> InlinePolicy {
        InlinePolicy(
            policyName: action, policyDocument: PolicyDocument(statements: SampleAccess.statement(action, on: resource))
        )
    }
}

extension Criteria {
    /// Returns the sample with one ARN that is authorized for all access.
    static func expecting(_ arn: String) -> Criteria {
        var access = TrailAccess()
        for list in [
            \TrailAccess.readers, \.writers, \.deleters, \.administrators, \.trailAdministrators,
        ] {
            access[keyPath: list] = [arn]
        }
        var criteria = Criteria.sample
        criteria.settings.trailAccess = access
        return criteria
    }
}

extension Trail {
    /// The object key of a log file as the trail could deliver it.
    var sampleLogFile: String {
        let prefix = s3KeyPrefix.map { $0.isEmpty ? "" : "\($0)/" } ?? ""
        return
            "\(prefix)AWSLogs/\(accountID)/CloudTrail/\(homeRegion)/2026/01/01/\(accountID)_CloudTrail_parapet.json.gz"
    }
}
