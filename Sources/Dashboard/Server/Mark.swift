import Basics
import Foundation
import Store

/// A change that the dashboard makes: a mute, its end, or an acknowledgment. It changes nothing in AWS.
enum Mark: Sendable, Hashable {
    case mute(StoredMute)
    case unmute(finding: String)
    case acknowledge(alert: String, by: String, at: Date)

    /// Why a form makes no mark; for the page.
    struct Invalid: Error { var text: String }

    static let reasonLimit = 500
    /// Ten years.
    static let dayLimit = 3_650

    init(_ route: DashboardRoute, _ fields: FormFields, by person: String, at time: Date) throws(Invalid) {
        switch route {
        case .mute(let finding):
            let words = (fields["reason"] ?? "").split { $0.isWhitespace }
            let reason = words.joined(separator: " ")
            guard !reason.isEmpty, reason.count <= Self.reasonLimit, !RequestPath.hasControls(reason) else {
                throw Invalid(text: "Please give a reason of at most \(Self.reasonLimit) characters.")
            }
            let text = (fields["days"] ?? "").filter { $0 != " " }
            let days = Int(text)
            guard text.isEmpty || (1...Self.dayLimit).contains(days ?? 0) else {
                throw Invalid(text: "Please give a number of days between 1 and \(Self.dayLimit), or none.")
            }
            self = .mute(
                StoredMute(
                    finding: finding, reason: reason, by: person, since: time,
                    until: days.map { time + Double($0) * 86_400 }))
        case .unmute(let finding): self = .unmute(finding: finding)
        case .acknowledge(let alert): self = .acknowledge(alert: alert, by: person, at: time)
        default: throw Invalid(text: "There is no such change.")
        }
    }

    /// The page that shows the change.
    var page: String {
        switch self {
        case .mute(let mute): "/findings/\(PercentEncoding.encode(mute.finding))"
        case .unmute(let finding): "/findings/\(PercentEncoding.encode(finding))"
        case .acknowledge(let alert, _, _): "/alerts/\(PercentEncoding.encode(alert))"
        }
    }

    /// - Returns: whether there is such a finding or alert.
    func write(to store: Store) throws(Failure) -> Bool {
        switch self {
        case .mute(let mute): try store.change("the mute") { try $0.mute(mute) }
        case .unmute(let finding): try store.change("the mute") { try $0.unmute(finding) }
        case .acknowledge(let alert, let person, let time):
            try store.change("the acknowledgment") { try $0.acknowledge(alert, by: person, at: time) }
        }
    }
}
