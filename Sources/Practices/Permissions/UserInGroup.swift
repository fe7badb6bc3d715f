import AWSClient
import Basics
import Inventory
import Posture

extension Permissions {
    /// A user in no group either has individually assigned permissions or none.
    static let userInGroup = Condition(
        About(
            id: "iam-user-in-group",
            title: "IAM users should belong to at least one group",
            practice: .permissions, severity: .low,
            risk:
                "Permissions of users outside groups are missed in access reviews; such users are often orphaned.",
            remedy: "Add the user to a group for their tasks, or delete the user.",
            references: [.config("iam-user-group-membership-check")],
            sources: ["IAM User Guide: IAM user groups"]),
        each: .users, \.groupList, isNot: [], fact: "GroupList",
        pass: "The user belongs to a group", fail: "The user belongs to no group")
}
