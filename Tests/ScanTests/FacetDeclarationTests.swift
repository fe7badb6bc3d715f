import Foundation
import Inventory
import Practices
import Testing
import TestSupport

/// Facets are found by their names in snapshots, so two of one name would take each other's place.
@Suite struct FacetDeclarationTests {
    /// The member and the name in each declaration of the sources.
    private static let declared: [(member: String, name: String)] = {
        let folder = Repository.file("Sources/Inventory")
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".swift") }.flatMap { file -> [(String, String)] in
            let text = (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
            return text.matches(of: /\n +public static let (\w+) = \w+[^(=\n]*\(\s*"(\w+)"/)
                .map { (String($0.1), String($0.2)) }
        }
    }()

    @Test func everyFacetBearsTheNameOfItsMember() {
        #expect(Self.declared.count >= Catalogue.facets.count)
        for (member, name) in Self.declared { #expect(member == name) }
        #expect(Set(Self.declared.map(\.name)).count == Self.declared.count)
    }

    @Test func everyDeclaredFacetIsRead() {
        #expect(Set(Self.declared.map(\.name)) == Set(Catalogue.facets.map(\.name)))
    }
}
