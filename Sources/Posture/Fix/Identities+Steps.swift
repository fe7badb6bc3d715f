import AWSClient
import Basics
public import Inventory

extension Identities {
    /// Returns the users and groups as they are after these steps; only policies, memberships, and creation and
    /// deletion are considered.
    public func after(_ steps: [Step]) -> Identities {
        var result = self
        for step in steps where step.call.service == "iam" { result.apply(step.call) }
        return result
    }

    private mutating func apply(_ call: APICall) {
        func text(_ name: String) -> String { call.parameters[name]?.text ?? "" }
        let user = users.firstIndex { $0.userName == text("UserName") }
        let group = groups.firstIndex { $0.groupName == text("GroupName") }
        let arn = text("PolicyArn")
        let attached = AttachedPolicy(
            policyName: arn.split(separator: "/").last.map(String.init) ?? arn, policyARN: arn)
        let inline = InlinePolicy(
            policyName: text("PolicyName"), policyDocument: PolicyDocument(text("PolicyDocument")))
        switch call.operation {
        case "CreateGroup" where group == nil:
            let place = (users.first.flatMap { ARN($0.arn) }).map { "arn:\($0.partition):iam::\($0.account)" }
            groups.append(Group(groupName: text("GroupName"), arn: "\(place ?? ""):group/\(text("GroupName"))"))
        case "DeleteGroup": groups.removeAll { $0.groupName == text("GroupName") }
        case "AttachUserPolicy": user.map { users[$0].attachedManagedPolicies.add(attached, \.policyARN) }
        case "DetachUserPolicy": user.map { users[$0].attachedManagedPolicies.removeAll { $0.policyARN == arn } }
        case "PutUserPolicy": user.map { users[$0].userPolicyList.add(inline, \.policyName) }
        case "DeleteUserPolicy":
            user.map { users[$0].userPolicyList.removeAll { $0.policyName == inline.policyName } }
        case "AttachGroupPolicy": group.map { groups[$0].attachedManagedPolicies.add(attached, \.policyARN) }
        case "DetachGroupPolicy":
            group.map { groups[$0].attachedManagedPolicies.removeAll { $0.policyARN == arn } }
        case "PutGroupPolicy": group.map { groups[$0].groupPolicyList.add(inline, \.policyName) }
        case "DeleteGroupPolicy":
            group.map { groups[$0].groupPolicyList.removeAll { $0.policyName == inline.policyName } }
        case "AddUserToGroup": user.map { users[$0].groupList.add(text("GroupName"), \.self) }
        case "RemoveUserFromGroup": user.map { users[$0].groupList.removeAll { $0 == text("GroupName") } }
        case "DeleteUser": users.removeAll { $0.userName == text("UserName") }
        default: break
        }
    }
}

extension Array {
    /// Adds an element. It replaces the one with the same key.
    fileprivate mutating func add(_ element: Element, _ key: (Element) -> String) {
        removeAll { key($0) == key(element) }
        append(element)
    }
}
