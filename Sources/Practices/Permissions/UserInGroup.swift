import AWSClient
import Inventory
import Posture

/// A user outside every group has its permissions from elsewhere, or none.
struct UserInGroup: Check {
    let about = About(
        id: "iam-user-in-group",
        title: "Every user is a member of a group",
        practice: .permissions,
        severity: .low,
        risk: "A user outside every group either holds permissions that no review of groups shows, or is a leftover.",
        remedy: "Add the user to the group of its job, or delete the user.",
        references: [.config("iam-user-group-membership-check")],
        sources: ["IAM User Guide: IAM user groups"],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.identities.value.users.map { user in
            let evidence = Evidence("GroupList", JSONValue(user.groupNames), from: .getAccountAuthorizationDetails)
            return Verdict(
                on: .user(name: user.name, arn: user.arn),
                user.groupNames.isEmpty
                    ? .fail("The user is in no group", evidence)
                    : .pass("The user is in \(user.groupNames.joined(separator: ", "))", evidence))
        }
    }

    var examples: [Example] {
        [
            .passes("the user is in a group") { $0.hold(users: [.sample], groups: [.sample]) },
            .fails("the user is in no group") { $0.hold(users: [.sample { $0.groupNames = [] }]) },
            .unknown("the users cannot be listed") { $0.identities = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
