import AWSClient
import Basics
import Inventory

extension [Finding] {
    /// The findings with a single one for each account and region in which service control policies deny what checks
    /// read, in place of one from every check. It stays unknown. A check that has no other finding left gets one that it
    /// is not applicable.
    ///
    /// Mutes are applied before, because each of them is for some checks only.
    public func namingClosedRegionsOnce() -> [Finding] {
        let closed = indices.filter { self[$0].isAboutClosedRegion }
        var left: [Int: Finding] = [:]
        var dropped: Set<Int> = []
        let places = Dictionary(grouping: closed) { [self[$0].account, self[$0].region] }
        for places in places.values where places.count > 1 {
            var first = self[places[0]]
            let checks = Set(places.map { self[$0].check }).count
            let explanations = Set(places.compactMap { self[$0].unknown?.explanation })
            let others = explanations.count > 1 ? ", and \(explanations.count - 1) more" : ""
            first.message = """
                Service control policies deny \(first.region) to \(checks) checks: \
                their data could not be read (\(first.unknown?.explanation ?? "")\(others))
                """
            left[places[0]] = first
            dropped.formUnion(places.dropFirst())
        }
        guard !dropped.isEmpty else { return self }
        let kept = Set(indices.filter { !dropped.contains($0) }.map { self[$0].check })
        var emptied: Set<String> = []
        return indices.compactMap { place in
            guard dropped.contains(place) else { return left[place] ?? self[place] }
            guard !kept.contains(self[place].check), emptied.insert(self[place].check).inserted else { return nil }
            var nothing = self[place]
            nothing.status = .notApplicable
            nothing.region = "global"
            nothing.message = "No resource found where service control policies let this check read"
            nothing.unknown = nil
            nothing.evidence = [Evidence("Judged", 0, from: .derived)]
            return nothing
        }
    }
}

extension Finding {
    /// Whether a service control policy denies the check all that it reads in a region.
    fileprivate var isAboutClosedRegion: Bool {
        guard status == .unknown, region != "global", resource.type == Resource.accountType, let unknown else {
            return false
        }
        return unknown.reason == .accessDenied
            && AccessDenial(unknown.detail).policyType == "service control policy"
    }
}
