import AWSClient
import Basics
import Inventory
import Posture

extension Permissions {
    /// A user outside every group has its permissions from elsewhere, or none.
    static let userInGroup = Condition(
        About(
            id: "iam-user-in-group",
            title: "Every user is a member of a group",
            practice: .permissions, severity: .low,
            risk:
                "A user outside every group either holds permissions that no review of groups shows, or is a leftover.",
            remedy: "Add the user to the group of its job, or delete the user.",
            references: [.config("iam-user-group-membership-check")],
            sources: ["IAM User Guide: IAM user groups"]),
        each: .users, \.groupList, isNot: [], fact: "GroupList",
        pass: "The user is in a group", fail: "The user is in no group")
}
