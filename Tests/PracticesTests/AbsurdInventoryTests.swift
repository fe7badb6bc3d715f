import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Testing

/// Numbers and dates that AWS never gives, and a snapshot or an imitation of AWS may.
@Suite struct AbsurdInventoryTests {
    private static let networkChecks = Catalogue.checks.filter { $0.about.practice == .networkExposure }

    @Test(
        "ranges beyond every port are judged by the ports that exist",
        arguments: [
            (22...Int.max, Finding.Status.fail), (Int.min...Int.max, .fail), (70_000...Int.max, .pass),
            (Int.max...Int.max, .pass), (Int.min...(-1), .fail),
        ])
    func ports(_ range: ClosedRange<Int>, _ status: Finding.Status) throws {
        var account = Account.sample
        account.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: range)))
        account.hold(
            networkACLs: .sample(.init(1, "allow", protocol: "6", ports: range, cidr: "0.0.0.0/0")))
        for check in Self.networkChecks { _ = check.findings(in: account) }
        #expect(try Catalogue.check("security-group-ssh").findings(in: account).map(\.status) == [status])
    }

    @Test("required entities of absurd ports are no trap")
    func entities() throws {
        var criteria = Criteria.sample
        criteria.settings.allowedIngress = [AllowedIngress(source: "*", ports: ["0-\(Int.max)", "\(Int.max)"])]
        var account = Account.sample
        account.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"))))
        let findings = try Catalogue.check("security-group-all-ports").findings(in: account, by: criteria)
        #expect(findings.map(\.status) == [.pass])
    }

    @Test(
        "dates far off are judged as past or future",
        arguments: [-1e300, 1e300, Date.distantPast.timeIntervalSince1970, Date.distantFuture.timeIntervalSince1970])
    func dates(_ seconds: TimeInterval) throws {
        let date = Date(timeIntervalSince1970: seconds)
        let isPast = date < Criteria.sample.now
        var account = Account.sample
        account.hold(
            trails: .sample {
                $0.status = .known(
                    .sample {
                        $0.latestDeliveryTime = date
                        $0.latestDigestDeliveryTime = date
                        $0.latestCloudWatchLogsDeliveryTime = date
                        $0.startLoggingTime = date
                    })
            })
        account.hold(buckets: .sample)
        account.hold(
            keys: .sample {
                $0.description = .known(
                    .sample {
                        $0.keyState = "PendingDeletion"
                        $0.deletionDate = date
                    })
            })
        account.hold(
            credentials: .sample {
                $0.createdAt = date
                $0.password = .init(isEnabled: true, lastUsed: date, lastChanged: date)
                $0.accessKeys = [.init(number: 1, isActive: true, lastRotated: date, lastUsed: date)]
            })
        for check in Catalogue.checks { _ = check.findings(in: account) }
        for id in ["cloudtrail-delivery", "iam-access-key-rotation", "iam-user-unused"] {
            #expect(try Catalogue.check(id).findings(in: account).map(\.status) == [isPast ? .fail : .pass], "\(id)")
        }
    }
}
