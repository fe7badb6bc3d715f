import Basics
import Foundation
import TestSupport
import Testing

@testable import Dashboard
@testable import Store

/// Looks at every page in Chromium. `PARAPET_SHOTS=folder` keeps pictures of them.
@Suite(.serialized) struct BrowserTests {
    let folder = PageFolder()

    private func look(_ name: String, _ store: Store, _ paths: [String], deep: Bool = true) async throws {
        let pages = try PageSamples.pages(store)
        let shots = ProcessInfo.processInfo.environment["PARAPET_SHOTS"]
        let input = URL(filePath: folder.file("task.json"))
        let outcome = try await withPages(pages, now: PageSamples.now) { base in
            let task: JSON = [
                "base": .string(base), "pages": .array(paths.map { .string($0) }), "name": .string(name),
                "shots": shots.map { .string($0) } ?? .null, "deep": .bool(deep),
            ]
            try Data(task.bytes()).write(to: input)
            return try await Subprocess.run(
                Repository.file(".venv/bin/python").path, [Repository.file("Tests/Support/python/browser.py").path],
                environment: ["HOME": folder.path], input: input)
        }
        #expect(outcome.status == 0, "\(outcome.standardError)")
        let wrong = outcome.standardOutput.split(separator: "\n")
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    @Test(.timeLimit(.minutes(3))) func anEmptyStore() async throws {
        try await look(
            "empty", Store(folder.file("a.db")), ["/", "/findings", "/alerts", "/integrity", "/no-such-page"])
    }

    @Test(.timeLimit(.minutes(3))) func theSampleAccount() async throws {
        try await look("sample", PageSamples.shared.get(), PageSamples.paths)
    }

    @Test(.timeLimit(.minutes(3))) func aHundredThousandFindings() async throws {
        try await look(
            "large", PageSamples.large(folder.file("a.db")), ["/", "/findings", "/accounts", "/findings?q=open"],
            deep: false)
    }
}
