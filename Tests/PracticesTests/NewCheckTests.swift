import Foundation
import TestSupport
import Testing

/// `Scripts/new-check` writes a check in good form, and its entry in the practice's list.
@Suite struct NewCheckTests {
    @Test(
        "a new check compiles, is well formatted and listed",
        arguments: [
            (["AuditTrail/KMSKeyTags"], "kms-key-tags", "kmsKeyTags"),
            (["--struct", "AuditTrail/TrailTags"], "trail-tags", "TrailTags()"),
        ])
    func writes(_ arguments: [String], _ id: String, _ entry: String) async throws {
        let root = try Self.copyOfAuditTrail()
        defer { try? FileManager.default.removeItem(at: root) }
        let outcome = try await run(arguments, in: root)
        #expect(outcome.status == 0, "\(outcome.standardError)")

        let folder = root.appending(path: "Sources/Practices/AuditTrail")
        let list = try String(contentsOf: folder.appending(path: "AuditTrail.swift"), encoding: .utf8)
        #expect(list.contains("\n        \(entry),\n    ]"))
        let name = arguments[arguments.count - 1].split(separator: "/")[1]
        let file = folder.appending(path: "\(name).swift")
        #expect(try String(contentsOf: file, encoding: .utf8).contains("id: \"\(id)\""))

        let format = try await Subprocess.run(
            "/usr/bin/env",
            [
                "swift", "format", "lint", "--strict", "--configuration", Repository.file(".swift-format").path,
                file.path,
            ])
        #expect(format.status == 0, "\(format.standardError)")

        let stub = root.appending(path: "Stub.swift")
        try Data("import Posture\nenum AuditTrail { static let checks: [any Check] = [\(entry)] }\n".utf8).write(
            to: stub)
        let compiled = try await Subprocess.run(
            "/usr/bin/env",
            ["swiftc", "-typecheck", "-swift-version", "6", "-module-name", "Practices"]
                + ["ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault"].flatMap {
                    ["-enable-upcoming-feature", $0]
                } + Self.modules + [stub.path, file.path])
        #expect(compiled.status == 0, "\(compiled.standardError)")
    }

    /// Where the compiler finds the modules that this test was built with, and the C modules behind them.
    private static var modules: [String] {
        let build = Repository.file(".build")
        let products = build.appending(path: "debug").resolvingSymlinksInPath()
        func folders(in folder: URL) -> [URL] {
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        }
        let sources = folders(in: build.appending(path: "checkouts")).map { $0.appending(path: "Sources") }
        let targets = (sources + [Repository.file("Sources")]).flatMap(folders)
        let made = folders(in: products).filter { $0.pathExtension == "build" && !$0.path.hasSuffix("-tool.build") }
        let maps = (targets + targets.map { $0.appending(path: "include") } + made)
            .map { $0.appending(path: "module.modulemap").path }.filter(FileManager.default.fileExists)
        return ["-I", products.appending(path: "Modules").path]
            + maps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
    }

    @Test(
        "what is no name, no practice or there already is refused",
        arguments: [
            ([], 64), (["TrailTags"], 64), (["AuditTrail/trail tags"], 64), (["Nowhere/TrailTags"], 1),
            (["AuditTrail/AuditTrail"], 1),
        ] as [([String], Int32)])
    func refuses(_ arguments: [String], _ status: Int32) async throws {
        let root = try Self.copyOfAuditTrail()
        defer { try? FileManager.default.removeItem(at: root) }
        let outcome = try await run(arguments, in: root)
        #expect(outcome.status == status)
        #expect(!outcome.standardError.isEmpty)
    }

    private func run(_ arguments: [String], in root: URL) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            Repository.file("Scripts/new-check").path, arguments, environment: ["NEW_CHECK_ROOT": root.path])
    }

    /// A folder with the list of one practice.
    private static func copyOfAuditTrail() throws -> URL {
        let root = FileManager.default.temporaryDirectory.appending(path: "new-check-\(UUID().uuidString)")
        let folder = root.appending(path: "Sources/Practices/AuditTrail")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Repository.file("Sources/Practices/AuditTrail/AuditTrail.swift"),
            to: folder.appending(path: "AuditTrail.swift"))
        return root
    }
}
