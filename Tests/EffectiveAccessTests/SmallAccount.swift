import EffectiveAccess
@testable import Inventory

/// An account written down in a few lines: users and roles with the statements of one inline policy each.
struct SmallAccount {
    static let id = "123456789012"

    var account: Account

    init(_ build: (inout SmallAccount) -> Void) {
        account = .sample
        account[.identities] = .known(Identities())
        account[.organization] = .known(nil)
        account[.organizationPolicies] = .known(OrganizationPolicies())
        account.holdNoWorkloads()
        build(&self)
    }

    /// Puts the account under a service control policy.
    mutating func limit(by name: String, _ statements: String...) {
        let document = PolicyDocument(statements: statements.joined(separator: ", "))
        let policy = OrganizationPolicy(id: "p-1", name: name, document: document)
        account[.organizationPolicies] = .known(
            OrganizationPolicies(serviceControl: [PolicyLevel(id: "r-1", kind: .root, policies: [policy])]))
    }

    /// Puts the account under a resource control policy that denies principals of other organizations.
    mutating func closeToOthers() {
        let statements = #"""
            {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*", "Condition": {
              "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
              "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}
            """#
        let policy = OrganizationPolicy(
            id: "p-2", name: "perimeter", document: PolicyDocument(statements: statements))
        account[.organizationPolicies] = .known(
            OrganizationPolicies(resourceControl: [PolicyLevel(id: "r-1", kind: .root, policies: [policy])]))
    }

    var landscape: Landscape { Landscape([account]) }

    static func user(_ name: String) -> String { "arn:aws:iam::\(id):user/\(name)" }
    static func role(_ name: String) -> String { "arn:aws:iam::\(id):role/\(name)" }
    static func policy(_ name: String) -> String { "arn:aws:iam::\(id):policy/\(name)" }
    static func group(_ name: String) -> String { "arn:aws:iam::\(id):group/\(name)" }

    private mutating func change(_ body: (inout Identities) -> Void) {
        guard case .known(var identities) = account[.identities].state else { return }
        body(&identities)
        account[.identities] = .known(identities)
    }

    mutating func add(
        user name: String, _ statements: String..., attached: [String] = [], groups: [String] = [],
        boundary: String? = nil, denied: String? = nil
    ) {
        change {
            $0.users.append(
                User(
                    userName: name, arn: Self.user(name), userPolicyList: Self.inline(statements, denied: denied),
                    attachedManagedPolicies: attached.map {
                        AttachedPolicy(policyName: $0, policyARN: Self.policy($0))
                    },
                    groupList: groups, permissionsBoundary: boundary.map(Self.policy)))
        }
    }

    mutating func add(
        role name: String, trust: String, _ statements: String..., attached: [String] = [], boundary: String? = nil,
        profile: Bool = true, denied: String? = nil
    ) {
        change {
            var role = Role(
                roleName: name, arn: Self.role(name), assumeRolePolicyDocument: PolicyDocument(statements: trust),
                rolePolicyList: Self.inline(statements, denied: denied),
                attachedManagedPolicies: attached.map { AttachedPolicy(policyName: $0, policyARN: Self.policy($0)) },
                permissionsBoundary: boundary.map(Self.policy))
            role.instanceProfileList = profile ? [.init(arn: "arn:aws:iam::\(Self.id):instance-profile/\(name)")] : []
            $0.roles.append(role)
        }
    }

    mutating func add(group name: String, _ statements: String..., attached: [String] = []) {
        change {
            $0.groups.append(
                Group(
                    groupName: name, arn: Self.group(name), groupPolicyList: Self.inline(statements),
                    attachedManagedPolicies: attached.map { AttachedPolicy(policyName: $0, policyARN: Self.policy($0)) }
                ))
        }
    }

    mutating func add(policy name: String, _ statements: String..., older: [String] = []) {
        change {
            var policy = ManagedPolicy(
                arn: Self.policy(name), attachmentCount: 1,
                defaultDocument: PolicyDocument(statements: statements.joined(separator: ", ")))
            policy.policyVersionList += older.enumerated().map {
                PolicyVersion(versionID: "v\($0 + 2)", document: PolicyDocument(statements: $1))
            }
            $0.policies.append(policy)
        }
    }

    mutating func changeRole(_ name: String, _ body: (inout Role) -> Void) {
        change { identities in
            for index in identities.roles.indices where identities.roles[index].roleName == name {
                body(&identities.roles[index])
            }
        }
    }

    mutating func detachAll(but name: String) {
        change { identities in
            for index in identities.policies.indices where identities.policies[index].policyName != name {
                identities.policies[index].attachmentCount = 0
            }
        }
    }

    /// One of each kind of workload, under a role that need not exist.
    mutating func holdWorkloads(under role: String) {
        account.hold(
            instances: .sample {
                $0.instanceID = "i-1"
                $0.iamInstanceProfile = .init(arn: "arn:aws:iam::\(Self.id):instance-profile/\(role)")
            })
        account[.functions]["us-east-1"] = .known([
            Function(functionARN: "arn:aws:lambda:us-east-1:\(Self.id):function:f", role: Self.role(role))
        ])
        account[.stacks]["us-east-1"] = .known([
            Stack(
                stackID: "arn:aws:cloudformation:us-east-1:\(Self.id):stack/s/1", roleARN: Self.role(role),
                stackStatus: "CREATE_COMPLETE")
        ])
        account[.buildProjects]["us-east-1"] = .known([
            BuildProject(
                name: "p", arn: "arn:aws:codebuild:us-east-1:\(Self.id):project/p", serviceRole: Self.role(role))
        ])
    }

    /// - Parameter denied: the statement of a second policy.
    private static func inline(_ statements: [String], denied: String? = nil) -> [InlinePolicy] {
        let own = statements.isEmpty ? [] : [("inline", statements.joined(separator: ", "))]
        return (own + (denied.map { [("denial", $0)] } ?? [])).map { name, statements in
            InlinePolicy(policyName: name, policyDocument: PolicyDocument(statements: statements))
        }
    }
}

/// A statement that allows actions, which are separated by spaces.
func allow(_ actions: String, on resource: String = "*", if condition: String = "{}") -> String {
    statement("Allow", actions, on: resource, if: condition)
}

func deny(_ actions: String, on resource: String = "*", if condition: String = "{}") -> String {
    statement("Deny", actions, on: resource, if: condition)
}

private func statement(_ effect: String, _ actions: String, on resource: String, if condition: String) -> String {
    let list = actions.split(separator: " ").map { #""\#($0)""# }.joined(separator: ", ")
    return #"{"Effect": "\#(effect)", "Action": [\#(list)], "Resource": "\#(resource)", "Condition": \#(condition)}"#
}

/// A trust statement for a service, or for an ARN.
func trust(_ principal: String, if condition: String = "{}") -> String {
    let kind = principal.hasPrefix("arn:") ? "AWS" : "Service"
    return #"""
        {"Effect": "Allow", "Principal": {"\#(kind)": "\#(principal)"}, "Action": "sts:AssumeRole",
         "Condition": \#(condition)}
        """#
}

/// A trust statement for the users of an identity provider.
func federation(_ provider: String, _ action: String, if condition: String = "{}") -> String {
    #"{"Effect": "Allow", "Principal": {"Federated": "\#(provider)"}, "Action": "\#(action)", "Condition": \#(condition)}"#
}
