import Basics
import Foundation
import Inventory
import Posture
import Practices
import Testing

@Suite struct CatalogueTests {
    @Test("ids are unique, lower case, and joined by hyphens")
    func idsAreWellFormed() {
        #expect(Set(Catalogue.ids).count == Catalogue.ids.count)
        for id in Catalogue.ids {
            #expect(id.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(id)")
        }
    }

    @Test("every practice has checks", arguments: Practice.all)
    func practicesHaveChecks(_ practice: Practice) {
        #expect(Catalogue.checks.contains { $0.about.practice == practice })
    }

    @Test("what other tools call a condition agrees with the catalogue of conditions", arguments: Catalogue.ids)
    func referencesAgree(of id: String) throws {
        let references = try Catalogue.check(id).about.references
        let prowler = references.filter { $0.catalogue == "prowler" }.map(\.id)
        var expected = Set(Self.withoutProwler[id] ?? [])
        // The catalogue has the ten practices' conditions only.
        let rows = prowler.compactMap { CatalogueRow.all[$0] }
        let isOfGroup = [.content, .workloads].contains(try Catalogue.check(id).about.practice)
        guard !isOfGroup || !rows.isEmpty else { return }
        #expect(rows.count == prowler.count, "no row of \(prowler)")
        for row in rows { expected.formUnion(row.others) }
        let stated = references.filter { ["securityhub", "cis"].contains($0.catalogue) }.map(\.description)
        #expect(Set(stated) == expected)
        #expect(Set(references).count == references.count)
    }

    @Test("no row is carried by no check")
    func rowsAreCarried() {
        let carried = Set(Catalogue.checks.flatMap(\.about.references).filter { $0.catalogue == "prowler" }.map(\.id))
        #expect(Set(CatalogueRow.all.keys).subtracting(carried).isEmpty)
    }

    /// Conditions that Prowler does not have, or not alone.
    private static let withoutProwler: [String: [String]] = [
        "trail-bucket-access-logging-target": ["securityhub:S3.9"],
        "security-group-smtp": ["securityhub:EC2.19"],
        "iam-user-unused": ["securityhub:IAM.8", "securityhub:IAM.22"],
    ]

    @Test("the texts say what is wrong, what to do and where that is written", arguments: Catalogue.ids)
    func textsAreThere(of id: String) throws {
        let about = try Catalogue.check(id).about
        for text in [about.title, about.risk, about.remedy] {
            #expect(!text.isEmpty && !text.contains("  "), "\(text)")
        }
        #expect(!about.judges.contains("  ") && !about.judges.hasPrefix(" "), "\(about.judges)")
        #expect(about.risk.hasSuffix(".") && about.remedy.hasSuffix(".") && !about.title.hasSuffix("."))
        #expect(!about.sources.isEmpty && !about.reads.isEmpty)
    }

    @Test("the settings that a check names are settings")
    func settingsExist() {
        let names = Set(Settings.CodingKeys.allCases.map(\.rawValue))
        for check in Catalogue.checks {
            #expect(Set(check.about.settings).isSubset(of: names), "\(check.about.id)")
        }
    }
}
