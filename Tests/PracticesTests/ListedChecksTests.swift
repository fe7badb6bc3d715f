import Foundation
import Posture
import Practices
import TestSupport
import Testing

/// A check that stands in no practice's list is never run: the sources are compared with the catalogue.
@Suite struct ListedChecksTests {
    @Test("every type that conforms to Check is in a practice's list")
    func types() throws {
        let listed = Set(Catalogue.checks.map { String(describing: type(of: $0)) })
        var found: Set<String> = []
        for (_, text) in try Self.sources() {
            for match in text.matches(of: /(?:struct|class|enum|extension) (\w+)\s*:[^{]*\bCheck\b[^{]*\{/) {
                found.insert(String(match.1))
            }
        }
        #expect(found.count > 50)
        #expect(found.subtracting(listed).isEmpty)
    }

    @Test("every declared condition is in its practice's list")
    func conditions() throws {
        let sources = try Self.sources()
        var count = 0
        for (file, text) in sources {
            let practice = file.deletingLastPathComponent().lastPathComponent
            let list = sources.first { $0.file.lastPathComponent == "\(practice).swift" }?.text ?? ""
            for match in text.matches(of: /static let (\w+)(?:: [^=]*)? = (?:Condition\(|\[\s*\w+\()/)
            where text.contains("Condition(") {
                count += 1
                #expect(list.contains(try Regex("\\b\(match.1)\\b")), "\(match.1) of \(file.lastPathComponent)")
            }
        }
        #expect(count >= 6)
    }

    @Test("every id that a check has in the sources is in the catalogue")
    func ids() throws {
        let ids = Set(Catalogue.checks.map(\.about.id))
        for (file, text) in try Self.sources() {
            for match in text.matches(of: /\bid: "([a-z0-9]+(?:-[a-z0-9]+)+)",\s*title:/) {
                #expect(ids.contains(String(match.1)), "\(match.1) of \(file.lastPathComponent)")
            }
        }
    }

    @Test("no check has a blank of Scripts/new-check left")
    func blanks() throws {
        for (file, text) in try Self.sources() { #expect(!text.contains("___"), "\(file.lastPathComponent)") }
    }

    private static func sources() throws -> [(file: URL, text: String)] {
        let folder = Repository.file("Sources/Practices")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL]
        return try #require(files).filter { $0.pathExtension == "swift" }.map { file in
            (file, try String(contentsOf: file, encoding: .utf8))
        }
    }
}
