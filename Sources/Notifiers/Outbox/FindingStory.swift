import Foundation
import Store

/// Decides whether a message about a finding, or about the end of an alert, still has something to tell, by what its
/// notifier was told before and by what happened since.
enum FindingStory: Hashable {
    case send
    case withdraw(String)
    /// It must not overtake an earlier message that is being tried.
    case wait(until: Date)

    /// - Parameters:
    ///   - delivery: a message of the kind `finding` or `resolved` that waits and was not tried.
    ///   - all: all messages of the notifier about the finding or alert, in the order of their creation.
    init(of delivery: StoredDelivery, among all: [StoredDelivery]) {
        let (resolved, alert) = (Notice.Kind.resolved.rawValue, Notice.Kind.alert.rawValue)
        let isAboutFailure = delivery.kind != resolved
        let earlier = all.prefix { $0.number != delivery.number }
        let isToldAsFailing = earlier.last(where: \.wasTold).map { $0.kind != resolved } ?? false
        if all.count > earlier.count + 1 {
            self = .withdraw("the finding changed again before this was sent")
        } else if let tried = earlier.last(where: {
            // An alert is sent even if it has ended since.
            $0.state == .waiting && ($0.attempts > 0 || $0.kind == alert)
        }) {
            self = .wait(until: tried.due.addingTimeInterval(1))
        } else if isAboutFailure == isToldAsFailing {
            self = .withdraw(isAboutFailure ? "the failure was sent before" : "the failure or alert was never sent")
        } else {
            self = .send
        }
    }
}
