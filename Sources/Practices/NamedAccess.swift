import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// A principal with its access, by the name that evidence gives it.
struct NamedAccess {
    var name: String
    var access: Access
    /// Policies that could not be read and may deny the access.
    var doubts: [Unknown]

    init(_ holder: Holder) {
        name = holder.principal.arn
        access = holder.access
        doubts = holder.doubts
    }

    init(_ outsider: Outsider) {
        name = outsider.title
        access = outsider.access
        doubts = outsider.doubts
    }
}

extension [NamedAccess] {
    /// The first access of each name.
    var uniqued: [NamedAccess] {
        var seen: Set<String> = []
        return filter { seen.insert($0.name).inserted }
    }

    /// Evidence of all accesses, each with the statement that grants it, grouped by the call that returned the
    /// statement.
    func evidence(_ fact: String) -> [Evidence] {
        guard !isEmpty else { return [Evidence(fact, [], from: .derived)] }
        let bySource = Dictionary(grouping: self) { $0.access.grants.lazy.compactMap(\.source).first }
        return bySource.sorted { ($0.key ?? "") < ($1.key ?? "") }.map { source, named in
            let all = named.map { named in
                let grant = named.access.grants.first.map { "\($0.statement) of \($0.policy)" } ?? "its account"
                return JSON.string("\(named.name): \(grant)\(named.access.isCertain ? "" : ", with conditions")")
            }
            return Evidence(fact, .array(all), from: source.map(Evidence.Source.call) ?? .derived).at("")
        }
    }
}
