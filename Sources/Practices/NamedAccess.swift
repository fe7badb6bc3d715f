import AWSClient
import EffectiveAccess
import IAMPolicy
import Posture

/// Somebody with an access, as evidence names him.
struct NamedAccess {
    var name: String
    var access: Access

    init(_ holder: Holder) {
        name = holder.principal.arn
        access = holder.access
    }

    init(_ outsider: Outsider) {
        name = outsider.title
        access = outsider.access
    }
}

extension [NamedAccess] {
    /// Each name once, with the first of its accesses.
    var uniqued: [NamedAccess] {
        var seen: Set<String> = []
        return filter { seen.insert($0.name).inserted }
    }

    /// All of them, each with the statement that gives the access: the first hundred.
    func evidence(_ fact: String) -> Evidence {
        let shown = prefix(100).map { named in
            let grant = named.access.grants.first.map { "\($0.statement) of \($0.policy)" } ?? "its account"
            return JSONValue.string("\(named.name): \(grant)\(named.access.isCertain ? "" : ", under a condition")")
        }
        let more = count > 100 ? [JSONValue.string("and \(count - 100) more")] : []
        return .derived(fact, .array(shown + more))
    }
}
