import ArgumentParser
import FoundationEssentials

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
            Scan.self, Checks.self, Explain.self, Policy.self, Access.self, Verify.self, HuntLogs.self, Rules.self,
        ])

    /// Parses, runs, and turns whatever happens into one line and an exit code.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Terminal.standardError.tell(failure.rendered)
            Glibc.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}

enum Version {
    static let current = "0.1.0"
    /// What AWS's logs show of every call.
    static let userAgent = "parapet/\(current)"
}
