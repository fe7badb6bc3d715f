import Foundation
import Posture
@testable import Practices
import Testing
import TestSupport

/// The commands that explanations and reports give for a check.
@Suite struct RemedyCommandTests {
    /// What only the root user can do, at the console.
    private static let console: Set<String> = ["root-mfa", "root-hardware-mfa"]

    @Test func everyCheckHasCommandsOrIsForTheConsole() {
        let without = Set(Catalogue.checks.map(\.about.id).filter { RemedyCommands.of($0).isEmpty })
        #expect(without == Self.console)
        let strange = RemedyCommands.checks.subtracting(Catalogue.checks.map(\.about.id))
        #expect(strange.isEmpty)
        #expect(RemedyCommands.checks.isDisjoint(with: Fixes.checks))
    }

    /// The AWS CLI has each operation and option, and what is required is given.
    @Test func theCLIAcceptsEveryCommand() async throws {
        let commands = Set(RemedyCommands.checks.flatMap(RemedyCommands.of)).sorted()
        #expect(commands.allSatisfy { $0.hasPrefix("aws ") } && commands.count > 20)
        let file = FileManager.default.temporaryDirectory.appending(path: "commands-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data((commands + ["aws iam delete-policy --nonsense POLICY-ARN"]).joined(separator: "\n").utf8).write(
            to: file)
        let outcome = try await Subprocess.python("Tests/Support/python/cli_commands.py", [file.path])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        let wrong = outcome.standardOutput.split(separator: "\n")
        #expect(wrong.count == 1 && wrong.first?.hasPrefix("aws iam delete-policy --nonsense ") == true, "\(wrong)")
    }
}
