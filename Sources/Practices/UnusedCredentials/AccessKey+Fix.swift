import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

extension UnusedCredentials {
    /// Deactivates the keys that are idle beyond the limit, one by one by their ids. What AWS says now decides: the credential
    /// report may be four hours old.
    static let accessKeyFix = Fix(
        "unused-access-keys", "Sets access keys that are unused beyond the limit to Inactive; deletes none.",
        checks: ["iam-access-key-unused"], calls: [.updateAccessKey]
    ) { target, _, observed throws(Unknown) in
        let list = keys(of: target)
        guard let known = observed.known(list) else { return [list] }
        return [list] + activeKeys(known).map { lastUse(of: $0.id, in: target.region) }
    } propose: { target, reading, observed throws(Unknown) in
        var steps: [Step] = []
        for key in activeKeys(try observed[keys(of: target)]) {
            let use = lastUse(of: key.id, in: target.region)
            let lastUsed = try observed[use]
            guard let created = key.created else {
                return .declined("IAM does not say when \(key.id) was created")
            }
            // A key that was never used has no such date, or a text that is none.
            let used = lastUsed["LastUsedDate"]?.text.flatMap { Moment(answer: $0)?.date }
            guard reading.days(since: used ?? created) > reading.settings.unusedCredentialDays else { continue }
            let user = target.resource.id
            func call(_ status: JSON) -> APICall {
                APICall(
                    .updateAccessKey, in: target.region,
                    ["UserName": .string(user), "AccessKeyId": .string(key.id), "Status": status])
            }
            func state(_ status: JSON) -> JSON { ["AccessKeyId": .string(key.id), "Status": status] }
            steps.append(
                Step(
                    "Deactivate access key \(key.id) of \(user)", on: target.resource.arn, for: target.checks,
                    state: Observation(
                        keys(of: target).read, "AccessKeyMetadata", .first(["AccessKeyId": .string(key.id)]),
                        .members(["AccessKeyId", "Status"])),
                    before: state("Active"), call: call("Inactive"), after: state("Inactive"), undo: call("Active"),
                    notes: ["The key stays, and can be made active again. Delete it once nothing misses it."],
                    reach: [reach(lastUsed, used, created, reading)], unchanged: [.init(use, is: lastUsed)]))
        }
        return steps.isEmpty ? .declined("IAM now shows no active key that is unused beyond the limit") : .steps(steps)
    }

    private static func keys(of target: Fix.Target) -> Observation {
        Observation(
            APICall(
                .listAccessKeys, in: target.region, ["UserName": .string(target.resource.id), "MaxItems": 100]),
            "AccessKeyMetadata")
    }

    private static func lastUse(of key: String, in region: String) -> Observation {
        Observation(
            APICall(.getAccessKeyLastUsed, in: region, ["AccessKeyId": .string(key)]), "AccessKeyLastUsed",
            .members(["LastUsedDate", "ServiceName", "Region"]))
    }

    private static func activeKeys(_ list: JSON) -> [(id: String, created: Date?)] {
        (list.elements ?? []).filter { $0["Status"]?.text == "Active" }.compactMap { key in
            key["AccessKeyId"]?.text.map { ($0, key["CreateDate"]?.text.flatMap { Moment(answer: $0)?.date }) }
        }
    }

    private static func reach(_ lastUse: JSON, _ used: Date?, _ created: Date, _ reading: Reading) -> String {
        guard let used else { return "never used since it was created \(reading.days(since: created).daysAgo)" }
        let service = lastUse["ServiceName"]?.text ?? "a service"
        return
            "last used \(reading.days(since: used).daysAgo), for \(service) in \(lastUse["Region"]?.text ?? "a region")"
    }
}
