import Foundation
import Testing
import TestSupport

/// The arrows of docs/architecture.md: what each room of ours may import of our others, read from its table of rooms.
private let mayImport: [String: Set<String>] = {
    let text = (try? String(contentsOf: Repository.file("docs/architecture.md"), encoding: .utf8)) ?? ""
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { $0.split(separator: "|") }
    let rooms = rows.filter { $0.count == 3 }.map { (named: names(in: $0[0]), imports: names(in: $0[2]), says: $0[2]) }
    let all = rooms.reduce(into: Set<String>()) { $0.formUnion($1.named) }
    return rooms.reduce(into: [:]) { arrows, row in
        for room in row.named { arrows[room] = row.says.contains("all") ? all : row.imports }
    }
}()

/// What stands between backquotes.
private func names(in cell: Substring) -> Set<String> {
    let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
    return Set(parts.indices.filter { !$0.isMultiple(of: 2) }.map { String(parts[$0]) })
}

@Suite struct ArrowTests {
    @Test func everyRoomIsInThePicture() throws {
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Repository.file("Sources").path)
        #expect(Set(rooms) == Set(mayImport.keys))
    }

    @Test(arguments: mayImport.keys.sorted())
    func noArrowIsTurnedRound(room: String) throws {
        for (file, modules) in try imports(in: Repository.file("Sources/\(room)")) {
            for module in modules where mayImport.keys.contains(module) {
                #expect(mayImport[room]?.contains(module) == true, "\(file) imports \(module)")
            }
        }
    }

    @Test(arguments: ["AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "Crypto"])
    func onlyTheClientKnowsTheNetwork(module: String) throws {
        // Signatures of digests are RSA, hashes of log files, plans and written reports SHA-256.
        // The dashboard is a server: it signs sessions and speaks TLS. Notifiers sign webhooks. The policy of an HTML
        // report has the hashes of its style and script.
        let exceptions =
            module == "Crypto"
            ? ["AWSClient", "Dashboard", "Notifiers", "Remediation", "Reports", "Runs", "TrailIntegrity"]
            : ["NIOCore", "NIOSSL"].contains(module) ? ["AWSClient", "Dashboard"] : ["AWSClient"]
        for room in mayImport.keys where !exceptions.contains(room) {
            for (file, modules) in try imports(in: Repository.file("Sources/\(room)")) {
                #expect(!modules.contains(module), "\(file) imports \(module)")
            }
        }
    }

    /// A check describes; it never calls. What it may use of the client are its operations as plain values.
    @Test(arguments: ["Practices", "Posture", "Reports"])
    func noCheckOrReportHoldsAClient(room: String) throws {
        for file in try swiftFiles(in: Repository.file("Sources/\(room)")) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in ["Client(", "HTTPTransport", "CredentialProvider"] {
                #expect(!text.contains(word), "\(file.lastPathComponent) uses \(word)")
            }
        }
    }

    /// Only the room that applies fixes, once it is there, may change anything in an account.
    @Test(arguments: mayImport.keys.filter { !["AWSClient", "Remediation"].contains($0) }.sorted())
    func nothingElseWrites(room: String) throws {
        for file in try swiftFiles(in: Repository.file("Sources/\(room)")) {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("WritingClient"), "\(file.lastPathComponent) uses a client that writes")
        }
    }

    /// A name means one thing in the whole build, whatever the room; a nested type is named with the type around it.
    @Test func noTwoTypesHaveOneName() throws {
        let declaration =
            /^(?:(?:public|package|final|indirect|nonisolated) )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/
        var files: [String: [String]] = [:]
        for file in try swiftFiles(in: Repository.file("Sources")) {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                guard let match = line.firstMatch(of: declaration) else { continue }
                files[String(match.1), default: []].append(file.lastPathComponent)
            }
        }
        #expect(files.count > 500)
        for (name, places) in files where places.count > 1 { Issue.record("\(name): \(places.sorted())") }
    }

    private func imports(in folder: URL) throws -> [(file: String, modules: [String])] {
        try swiftFiles(in: folder).map { file in
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let modules = lines.compactMap { line -> String? in
                let words = line.split(separator: " ").filter {
                    !["public", "internal", "@testable", "@preconcurrency"].contains($0)
                }
                guard words.first == "import",
                    let module = words.dropFirst().first(where: { !["struct", "class", "enum", "func"].contains($0) })
                else { return nil }
                return String(module.split(separator: ".")[0])
            }
            return (file.lastPathComponent, modules)
        }
    }

    private func swiftFiles(in folder: URL) throws -> [URL] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return paths.filter { $0.hasSuffix(".swift") }.map { folder.appending(path: $0) }
    }
}
