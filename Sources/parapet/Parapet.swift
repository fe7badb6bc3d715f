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
        abstract: "Audit AWS accounts, verify CloudTrail logs and hunt for threats.",
        discussion: """
            Ten practices, each checked and explained: CloudTrail in all Regions, server access logging on CloudTrail \
            buckets, VPC flow logs, least privilege, CloudTrail bucket protection, log encryption, credential \
            rotation, network exposure, the root user, and unused credentials.

            Exit codes: 0 no findings · 2 findings · 3 incomplete (no findings, but some checks could not be \
            determined) · 1 error · 64 usage error · 130 interrupted.
            """,
        version: Version.current,
        subcommands: [
            Scan.self, Checks.self, Explain.self, PolicyCommand.self, AccessCommand.self, Verify.self, HuntLogs.self,
            Rules.self, FixCommand.self, WatchCommand.self, Serve.self, NotifyCommand.self, DatabaseCommand.self,
            ConfigCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if let verb = command as? any Verb {
                let status =
                    type(of: verb).handlesSignals
                    ? await verb.end() : await Interruption.heeded { await verb.end() }
                Glibc.exit(status.rawValue)
            }
            try command.run()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Glibc.exit(endOfUsage(message(for: error)).rawValue)
        }
    }

    /// Writes a usage error as one line.
    fileprivate static func endOfUsage(_ message: String) -> ExitStatus {
        let (path, unknown) = unknownVerb(in: CommandLine.arguments.dropFirst())
        Terminal.standardError.tell(
            ExitStatus.usageMessage(unknown ?? message, help: "\(path.joined(separator: " ")) --help"))
        return .usage
    }

    /// Returns the verb that the arguments name, and the error message if there is no such verb.
    private static func unknownVerb(in arguments: ArraySlice<String>) -> (path: [String], message: String?) {
        var path = ["parapet"]
        var command: any ParsableCommand.Type = Self.self
        for argument in arguments {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty, !argument.hasPrefix("-") else { break }
            guard let next = verbs.first(where: { $0._commandName == argument }) else {
                return (path, UnknownVerb.message(argument, among: verbs.map { $0._commandName }))
            }
            path.append(argument)
            command = next
        }
        return (path, nil)
    }
}

/// A command with an action: it runs, writes its result, and returns the exit status.
protocol Verb: AsyncParsableCommand {
    /// Whether the action itself ends cleanly on a signal: a service, which finishes what it has begun.
    static var handlesSignals: Bool { get }
    var verbosity: Verbosity { get }
    /// Writes the result.
    /// - Throws: `Failure` if the job cannot be done; `Unknown` if a fact that it depends on could not be read.
    func perform() async throws -> ExitStatus
}

extension Verb {
    static var handlesSignals: Bool { false }

    /// Returns the exit status of the action. Writes an error as one line.
    fileprivate func end() async -> ExitStatus {
        do {
            return try await perform()
        } catch {
            // Ignores the errors of calls that were cut off by the cancellation.
            if Task.isCancelled { return .interrupted }
            guard let end = ExitStatus.end(error, isVerbose: verbosity.isVerbose) else {
                // What the user typed can also turn out to be wrong with the file that it names.
                guard Self.exitCode(for: error) == .validationFailure else { Self.exit(withError: error) }
                return Parapet.endOfUsage(Self.message(for: error))
            }
            Terminal.standardError.tell(end.message)
            return end.status
        }
    }
}
