import AWSClient
import Inventory
import Posture
import Practices
import Testing

/// No missing fact ever becomes a pass: tried for every check, on every one of its examples, with every facet.
@Suite struct HonestyTests {
    @Test("what cannot be read never passes, vanishes, or is cited", arguments: Catalogue.ids)
    func refusalsAreSeen(by id: String) throws {
        let check = try Catalogue.check(id)
        for example in check.examples {
            let before = check.findings(in: example)
            for facet in Facet.closure(of: check.about.reads) {
                let after = check.findings(in: example.account.without(facet), by: example.criteria)
                let told = "\(example.name), without \(facet)"
                let passing = after.filter { $0.status == .pass }
                #expect(Set(passing.map(Place.init)).isSubset(of: before.places(.pass)), "a new pass: \(told)")
                let cited = Set(passing.flatMap(\.evidence).map(\.source.description))
                let refused = facet.isAskedByCallsOfItsOwn ? Set(facet.operations.map(\.description)) : []
                #expect(cited.isDisjoint(with: refused.subtracting(["s3:ListBuckets"])), "cited unread: \(told)")
                let isComplete = before.allSatisfy { one in after.contains { Place($0) == Place(one) } }
                #expect(isComplete || after.contains { $0.status == .unknown }, "dropped silently: \(told)")
            }
        }
    }

    /// Each example's facet is what might have stood in the place of what could not be read.
    @Test("what passes without a facet fails with no content of it", arguments: Catalogue.ids)
    func passesAreEarned(by id: String) throws {
        let check = try Catalogue.check(id)
        for example in check.examples {
            for facet in check.about.reads where facet != .regions {
                let blind = check.findings(in: example.account.without(facet), by: example.criteria)
                guard !blind.places(.pass).isEmpty else { continue }
                for other in check.examples {
                    let seeing = check.findings(
                        in: example.account.taking(facet, from: other.account), by: example.criteria)
                    #expect(
                        blind.places(.pass).isDisjoint(with: seeing.places(.fail)),
                        "\(example.name), without \(facet), passes; with that of \"\(other.name)\" it fails")
                }
            }
        }
    }

    @Test("a check reads no facet that it does not name", arguments: Catalogue.ids)
    func readsAreNamed(by id: String) throws {
        let check = try Catalogue.check(id)
        let named = Facet.closure(of: check.about.reads)
        for example in check.examples {
            let before = check.findings(in: example)
            for facet in Catalogue.facets where !named.contains(facet) {
                let after = check.findings(in: example.account.without(facet), by: example.criteria)
                #expect(after == before, "\(example.name), without \(facet)")
            }
        }
    }

    @Test("a check reads every facet that it names", arguments: Catalogue.ids)
    func namedFacetsAreRead(by id: String) throws {
        let check = try Catalogue.check(id)
        for facet in check.about.reads {
            let matters = check.examples.contains { example in
                check.findings(in: example.account.without(facet), by: example.criteria) != check.findings(in: example)
            }
            #expect(matters, "\(facet) changes nothing")
        }
    }

    @Test("an account of which nothing could be read has no pass", arguments: Catalogue.ids)
    func nothingReadNothingPasses(by id: String) throws {
        let check = try Catalogue.check(id)
        for example in check.examples {
            let blind = Catalogue.facets.reduce(example.account) { $0.without($1) }
            let findings = check.findings(in: blind, by: example.criteria)
            #expect(!findings.isEmpty && findings.allSatisfy { $0.status == .unknown }, "\(example.name)")
        }
    }

    @Test("a region that was not read at all is unknown", arguments: Catalogue.ids)
    func unreadRegionIsUnknown(by id: String) throws {
        let check = try Catalogue.check(id)
        // A trail of another region may cover the one that was not read.
        let isRegional = check.about.reads.contains { $0.requires.contains(.regions) && $0 != .trails }
        for example in check.examples where isRegional {
            var account = example.account
            account[.regions] = .known(["us-east-1", "eu-central-1"])
            let findings = check.findings(in: account, by: example.criteria)
            let unread = findings.filter { $0.region == "eu-central-1" }.map(\.status)
            // A check on what is global says so of what it is about.
            let isSeen = unread == [.unknown] || unread.isEmpty && findings.contains { $0.status == .unknown }
            #expect(isSeen, "\(example.name)")
        }
    }
}

/// What a finding is about.
private struct Place: Hashable {
    var region: String
    var resource: Resource

    init(_ finding: Finding) {
        region = finding.region
        resource = finding.resource
    }
}

extension [Finding] {
    fileprivate func places(_ status: Finding.Status) -> Set<Place> {
        Set(filter { $0.status == status }.map(Place.init))
    }
}

extension Facet {
    /// Whether no other facet is read through the same calls, so that a citation tells which of the two was read.
    fileprivate var isAskedByCallsOfItsOwn: Bool {
        Catalogue.facets.count { !Set($0.operations).isDisjoint(with: operations) } == 1
    }
}
