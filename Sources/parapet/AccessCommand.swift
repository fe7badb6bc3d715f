import ArgumentParser
import Reports
import Runs

/// Asks who can do what.
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Evaluate access: who can do what, and why.",
        discussion: """
            The policies of users, groups, roles, boundaries, buckets, keys, grants and the organization are evaluated \
            as AWS does it, with reading calls only, or over a snapshot without any call. What a request brings with \
            it (addresses, MFA, tags) is not known at rest: answers that depend on it say on what. Requests are taken \
            to use TLS.
            """,
        subcommands: [
            CanAccess.self, WhoCanAccess.self, WhatCanAccess.self, EscalatesAccess.self, SuggestAccess.self,
            EvaluateAccess.self,
        ])
}

/// A verb that asks something of accounts.
protocol AccessVerb: Verb {
    associatedtype Answer: AccessAnswer
    var options: AccessOptions<Answer> { get }
    func answer(_ run: AccessRun) async throws -> Answer
}

/// What all access verbs take: whose access is asked about, and how the answer is written.
struct AccessOptions<Answer: AccessAnswer>: ParsableArguments {
    @OptionGroup(title: "Account") var accounts: AccountOptions
    @OptionGroup(title: "Output") var output: OutputOptions<Answer>
    @OptionGroup(title: "Messages") var verbosity: Verbosity
}

extension AccessVerb {
    var verbosity: Verbosity { options.verbosity }

    func perform() async throws -> ExitStatus { try write(try await ask()) }

    func write(_ answer: Answer) throws -> ExitStatus {
        var report = answer.report
        report.parapet = Version.current
        try options.output.write(report, verbosity)
        return answer.exitStatus
    }

    func ask() async throws -> Answer {
        try options.output.destinations.check()
        return try await verbosity.run { environment, progress in
            try await answer(AccessRun(try options.accounts.selection, in: environment, progress: progress))
        }
    }
}

/// An action on a resource, and the condition keys that the user knows of the request.
struct QuestionOptions: ParsableArguments {
    @Argument(help: "As a policy writes it, such as s3:GetObject.") var action: String
    @Argument(help: "The ARN of one resource, or '*' for an action that has none.") var resource: String
    @OptionGroup(title: "Request") var request: ContextOptions

    func validate() throws { _ = try question() }

    /// - Throws: a usage error if the action, the resource or a condition key cannot be one.
    func question() throws -> AccessQuestion {
        try ArgumentValue.valid(try AccessQuestion(action, on: resource, context: request.context))
    }
}

struct ContextOptions: ParsableArguments {
    @Option(
        help: .value(
            "key=value",
            """
            A condition key of the request, like aws:SourceIp=10.1.2.3; repeat a key for several values, leave the \
            value empty for none. Keys that are not given are unknown.
            """))
    var context: [String] = []
}
