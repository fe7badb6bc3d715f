import ArgumentParser
import Reports
import Runs

/// Evaluates access: which principals can do what.
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Evaluate access: who can do what, and why.",
        discussion: """
            Evaluates the policies of users, groups, roles, permissions boundaries, buckets, keys, grants and the \
            organization as AWS does, with read-only API calls or over a snapshot. Request context (IP address, MFA, \
            tags) is unknown offline; results state the conditions. Requests are assumed to use TLS.
            """,
        subcommands: [
            CanAccess.self, WhoCanAccess.self, WhatCanAccess.self, EscalatesAccess.self, SuggestAccess.self,
            EvaluateAccess.self,
        ])
}

/// A verb that evaluates access in accounts.
protocol AccessVerb: Verb {
    associatedtype Answer: AccessAnswer
    var options: AccessOptions<Answer> { get }
    func answer(_ run: AccessRun) async throws -> Answer
}

/// Options of all access verbs: the accounts to read, and the format of the answer.
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
        try options.output.destinations.check(beside: [options.output.manifest].compactMap(\.self))
        return try await verbosity.run { environment, progress in
            try await answer(AccessRun(try options.accounts.selection, in: environment, progress: progress))
        }
    }
}

/// An action on a resource, and the condition keys of the request that the user knows.
struct QuestionOptions: ParsableArguments {
    @Argument(help: "Action as in a policy, such as s3:GetObject.") var action: String
    @Argument(help: "ARN of one resource, or '*' for an action without resources.") var resource: String
    @OptionGroup(title: "Request") var request: ContextOptions

    func validate() throws { _ = try question() }

    /// - Throws: a usage error if the action, the resource or a condition key is invalid.
    func question() throws -> AccessQuestion {
        try ArgumentValue.valid(try AccessQuestion(action, on: resource, context: request.context))
    }
}

struct ContextOptions: ParsableArguments {
    @Option(
        help: .value(
            "key=value",
            """
            Condition key of the request, such as aws:SourceIp=10.1.2.3; repeat a key for several values, leave the \
            value empty for none. Other keys are unknown.
            """))
    var context: [String] = []
}
