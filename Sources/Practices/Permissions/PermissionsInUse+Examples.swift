import AWSClient
import FoundationEssentials
import Inventory
import Posture

extension PermissionsInUse {
    var examples: [Example] {
        [
            .passes("every service and action was used this month") {
                hold(
                    &$0,
                    [
                        ServiceAccess(
                            serviceNamespace: "s3", lastAuthenticated: day(20), trackedActionsLastAccessed: [action(25)]
                        )
                    ])
            },
            .passes("the user is ten days old", .sample) {
                hold(&$0, [ServiceAccess(serviceNamespace: "s3")], created: day(10))
            },
            .passes("the user has no permissions") { hold(&$0, []) },
            .fails("a service was used four months ago") {
                hold(&$0, [ServiceAccess(serviceNamespace: "s3", lastAuthenticated: day(120))])
            },
            .fails("a service was never used") {
                hold(
                    &$0,
                    [
                        ServiceAccess(serviceNamespace: "ec2"),
                        ServiceAccess(serviceNamespace: "s3", lastAuthenticated: day(2)),
                    ])
            },
            .fails("a service was used, and one of its actions never") {
                hold(
                    &$0,
                    [
                        ServiceAccess(
                            serviceNamespace: "s3", lastAuthenticated: day(2),
                            trackedActionsLastAccessed: [action(nil), action(2)])
                    ])
            },
            .unknown("what the user last used cannot be read") {
                $0.hold(users: [.sample])
                $0[.lastAccessed] = .known([User.sample.arn: .denied(.getServiceLastAccessedDetails)])
            },
            .unknown("the identities cannot be listed") {
                $0[.identities] = .denied(.getAccountAuthorizationDetails)
                $0[.lastAccessed] = .denied(.getAccountAuthorizationDetails)
            },
        ]
    }

    private func day(_ ago: Int) -> Date { Criteria.sample.daysAgo(ago) }

    private func action(_ ago: Int?) -> ServiceAccess.Action {
        .init(actionName: ago == nil ? "CreateBucket" : "GetBucketPolicy", lastAccessedTime: ago.map(day))
    }

    private func hold(_ account: inout Account, _ services: [ServiceAccess], created: Date? = nil) {
        account.hold(users: [.sample { $0.createDate = created }])
        account[.lastAccessed] = .known([User.sample.arn: .known(services)])
    }
}
