import Foundation
import Store

/// Decides whether a message about a finding still has something to tell, by what its notifier was told before and by
/// what happened since.
enum FindingStory: Hashable {
    case send
    case withdraw(String)
    /// It must not overtake an earlier message that is being tried.
    case wait(until: Date)

    /// - Parameters:
    ///   - delivery: a message of the kind `finding` or `resolved` that waits and was not tried.
    ///   - all: all messages of the notifier about the finding, in the order of their creation.
    init(of delivery: StoredDelivery, among all: [StoredDelivery]) {
        let isAboutFailure = delivery.kind == Notice.Kind.finding.rawValue
        let earlier = all.prefix { $0.number != delivery.number }
        let isToldAsFailing = earlier.last(where: \.wasTold)?.kind == Notice.Kind.finding.rawValue
        if all.count > earlier.count + 1 {
            self = .withdraw("the finding changed again before this was sent")
        } else if let tried = earlier.last(where: { $0.state == .waiting && $0.attempts > 0 }) {
            self = .wait(until: tried.due.addingTimeInterval(1))
        } else if isAboutFailure == isToldAsFailing {
            self = .withdraw(isAboutFailure ? "the failure was sent before" : "the failure was never sent")
        } else {
            self = .send
        }
    }
}
