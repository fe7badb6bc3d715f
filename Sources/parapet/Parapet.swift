import ArgumentParser
import Reports
import Runs

#if canImport(Glibc)
    import Glibc
#endif

@main
struct Parapet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parapet",
        abstract: "Defends the customer's side of the AWS shared responsibility model.",
        discussion: """
            Ten practices, each checked and explained: CloudTrail everywhere, access logging on the trail \
            buckets, VPC flow logs, permissions on groups and roles, protected trail buckets, encrypted logs, rotated \
            credentials, closed ports, an unused root, no unused credentials.

            Exit codes: 0 nothing wrong found · 2 something is wrong · 3 nothing failing, but something could not be \
            determined · 1 the job could not be done · 64 usage error.
            """,
        version: Version.current,
        subcommands: [
            Scan.self, Checks.self, Explain.self, PolicyCommand.self, AccessCommand.self, Verify.self, HuntLogs.self,
            Rules.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if let verb = command as? any Verb { Glibc.exit(await verb.end().rawValue) }
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}

/// A command that does something: it runs, renders, and says how that ended.
protocol Verb: AsyncParsableCommand {
    var verbosity: Verbosity { get }
    /// Writes the result.
    /// - Throws: `Failure` if the job cannot be done; `Unknown` if what it depends on could not be read.
    func perform() async throws -> ExitStatus
}

extension Verb {
    /// Turns whatever happens into an exit status, and an error into one line.
    fileprivate func end() async -> ExitStatus {
        do {
            return try await perform()
        } catch {
            guard let end = ExitStatus.end(error, isVerbose: verbosity.isVerbose) else { Self.exit(withError: error) }
            Terminal.standardError.tell(end.message)
            return end.status
        }
    }
}
