import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

/// A user in the calls of fixes.
struct FixedUser {
    let name: String
    let arn: String
    let region: String

    init(_ target: Fix.Target) { (name, arn, region) = (target.resource.id, target.resource.arn, target.region) }

    /// The name for names of secrets in Secrets Manager: a comma is the only character of user names that they cannot
    /// have.
    var nameInSecrets: String { name.filter { $0 != "," } }

    func call(_ operation: AWSClient.Operation, _ more: KeyValuePairs<String, JSON> = [:]) -> APICall {
        APICall(
            operation, in: region,
            .members([.init("UserName", .string(name))] + more.map { JSON.Object.Member($0.key, $0.value) }))
    }

    /// A list in the answer to a call about the user, such as the user's access keys.
    struct List {
        let read: APICall
        let member: String
        /// The member that identifies an element.
        let id: String

        var all: Observation { Observation(read, .name(member)) }

        /// - Parameter names: the observed members of the element, in addition to its ID.
        func one(_ value: String, _ names: String...) -> Observation {
            Observation(read, .name(member), .first([id: .string(value)]), .members([id] + names))
        }

        func ids(_ answer: JSON) -> [String] { (answer.elements ?? []).compactMap { $0.memberIgnoringCase(id)?.text } }
    }

    private func list(_ operation: AWSClient.Operation, _ member: String, _ id: String, most: Int? = 1000) -> List {
        List(
            read: most.map { call(operation, ["MaxItems": .int($0)]) } ?? call(operation), member: member, id: id)
    }

    var accessKeys: List { list(.listAccessKeys, "AccessKeyMetadata", "AccessKeyId", most: 100) }
    var publicKeys: List { list(.listSSHPublicKeys, "SSHPublicKeys", "SSHPublicKeyId") }
    var certificates: List { list(.listSigningCertificates, "Certificates", "CertificateId") }
    var serviceCredentials: List {
        list(
            .listServiceSpecificCredentials, "ServiceSpecificCredentials", "ServiceSpecificCredentialId", most: nil)
    }
    var devices: List { list(.listMFADevices, "MFADevices", "SerialNumber") }
    var groups: List { list(.listGroupsForUser, "Groups", "GroupName") }
    var attached: List { list(.listAttachedUserPolicies, "AttachedPolicies", "PolicyArn") }

    /// Whether earlier steps of the plan disable the user, so that a later plan can delete it.
    func isDisabled(by steps: [Step]) -> Bool {
        steps.contains { $0.resource == arn && $0.later?.fix == UnusedCredentials.deletionFix.id }
    }

    /// Returns the IDs of the user's access keys that earlier steps of the plan deactivate.
    func keysDeactivated(by steps: [Step]) -> Set<String> {
        let calls = steps.map(\.call).filter {
            $0.operation == "UpdateAccessKey" && $0.parameters["UserName"]?.text == name
                && $0.parameters["Status"] == "Inactive"
        }
        return Set(calls.compactMap { $0.parameters["AccessKeyId"]?.text })
    }

    var loginProfile: Observation { Observation(call(.getLoginProfile), "LoginProfile", .members(["UserName"])) }

    /// The time at which the password was last used; null if it never was, or IAM does not know.
    var passwordUse: Observation { Observation(call(.getUser), "User", .members(["PasswordLastUsed"])) }

    func inline(_ policy: String) -> Observation {
        Observation(call(.getUserPolicy, ["PolicyName": .string(policy)]), "PolicyDocument", .policy)
    }

    func lastUse(of key: String) -> Observation {
        Observation(
            APICall(.getAccessKeyLastUsed, in: region, ["AccessKeyId": .string(key)]), "AccessKeyLastUsed",
            .members(["LastUsedDate", "ServiceName", "Region"]))
    }

    /// Returns a step that changes the status of a credential.
    func setting(
        _ status: String, from old: String, of credential: String, _ title: String, in list: List,
        by operation: AWSClient.Operation, for target: Fix.Target, notes: [String] = [], reach: [String] = [],
        unchanged: [Step.Unchanged] = [], later: Step.Later? = nil
    ) -> Step {
        func call(_ status: String) -> APICall {
            self.call(operation, [list.id: .string(credential), "Status": .string(status)])
        }
        func state(_ status: String) -> JSON { [list.id: .string(credential), "Status": .string(status)] }
        return Step(
            title, on: arn, for: target.checks, state: list.one(credential, "Status"), before: state(old),
            call: call(status), after: state(status), undo: call(old), notes: notes, reach: reach,
            unchanged: unchanged, later: later)
    }

    /// Returns a step that deletes an item that cannot be restored.
    /// - Parameter kind: the item in a few words, such as `access key`.
    func deleting(
        _ id: String, _ title: String, _ kind: String, of list: List, by operation: AWSClient.Operation,
        for target: Fix.Target, status: String? = nil, loss: String? = nil, unchanged: [Step.Unchanged] = []
    ) -> Step {
        var before: JSON = [list.id: .string(id)]
        if let status { before = [list.id: .string(id), "Status": .string(status)] }
        return Step(
            title, on: arn, for: target.checks,
            state: status == nil ? list.one(id) : list.one(id, "Status"), before: before,
            call: call(operation, [list.id: .string(id)]), after: .null, undo: nil,
            losses: [loss ?? "The \(kind) \(id): IAM does not restore it, and a new one has another ID."],
            unchanged: unchanged)
    }
}

/// An access key as `ListAccessKeys` and `GetAccessKeyLastUsed` return it.
struct FixedKey {
    let id: String
    let isActive: Bool
    let created: Date?

    init?(_ element: JSON) {
        guard let id = element["AccessKeyId"]?.text else { return nil }
        self.id = id
        isActive = element["Status"]?.text == "Active"
        created = element["CreateDate"]?.text.flatMap { Moment(answer: $0)?.date }
    }

    static func all(_ list: JSON) -> [FixedKey] { (list.elements ?? []).compactMap { FixedKey($0) } }

    /// Returns the time of the last use. For a key that was never used, the date is absent or not a date.
    static func used(_ lastUse: JSON) -> Date? { lastUse["LastUsedDate"]?.text.flatMap { Moment(answer: $0)?.date } }

    static func reach(_ lastUse: JSON, created: Date?, _ reading: Reading) -> String {
        guard let used = used(lastUse) else {
            return "never used" + (created.map { " since it was created \(reading.days(since: $0).daysAgo)" } ?? "")
        }
        let service = lastUse["ServiceName"]?.text ?? "a service"
        return
            "last used \(reading.days(since: used).daysAgo), for \(service) in \(lastUse["Region"]?.text ?? "a region")"
    }
}

extension Reading {
    /// Returns the reason why a later stage cannot be planned yet; `nil` if its waiting time has passed.
    func wait(of earlier: Fix.Target.Earlier) -> String? {
        let days = earlier.step.later?.days ?? 0
        let passed = self.days(since: earlier.done)
        return passed < days ? "it waits \(days.days) after the step before, and \(passed.days) have passed" : nil
    }
}
