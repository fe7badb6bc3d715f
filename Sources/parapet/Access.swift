import ArgumentParser
import FoundationEssentials
import Reports
import Runs

/// Asks who can do what.
struct Access: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate access: who can do what, and why.",
        discussion: """
            The policies of users, groups, roles, boundaries, buckets, keys, grants and the organisation are evaluated \
            as AWS does it, with reading calls only, or over a snapshot without any call. What a request brings with \
            it (addresses, MFA, tags) is not known at rest: answers that depend on it say on what. Requests are taken \
            to use TLS.
            """,
        subcommands: [
            CanAccess.self, WhoCanAccess.self, WhatCanAccess.self, EscalatesAccess.self, SuggestAccess.self,
            EvaluateAccess.self,
        ])
}

enum AccessFormat: String, OutputFormat {
    case table
    case json
}

/// A verb that asks something of accounts.
protocol AccessVerb: Verb {
    associatedtype Answer: AccessAnswer
    var accounts: AccountOptions { get }
    var output: OutputOptions<AccessFormat> { get }
    func answer(_ run: AccessRun) async throws -> Answer
}

extension AccessVerb {
    func perform() async throws -> ExitStatus {
        try output.check()
        return try write(try await ask())
    }

    func write(_ answer: Answer) throws -> ExitStatus {
        try output.write(verbosity) { format, text in
            switch format {
            case .json: Array(try answer.json())
            case .table: Array(answer.rendered(text, limit: verbosity.isVerbose ? nil : 8).utf8)
            }
        }
        return answer.exitStatus
    }

    func ask() async throws -> Answer {
        try await verbosity.run(ProgressLine.reading) { environment, progress in
            try await answer(AccessRun(accounts.selection, in: environment, progress: progress))
        }
    }
}

/// An answer about access, as it is written.
protocol AccessAnswer {
    var exitStatus: ExitStatus { get }
    func json() throws -> Data
    /// - Parameter limit: how many entries of a kind are shown; `nil` for all.
    func rendered(_ text: TerminalText, limit: Int?) -> String
}

extension AccessCanReport: AccessAnswer {
    func rendered(_ text: TerminalText, limit: Int?) -> String { AccessCanTable(self, text: text).rendered() }
}

extension AccessWhoCanReport: AccessAnswer {
    func rendered(_ text: TerminalText, limit: Int?) -> String { AccessWhoCanTable(self, text: text).rendered() }
}

extension AccessWhatCanReport: AccessAnswer {
    func rendered(_ text: TerminalText, limit: Int?) -> String {
        AccessWhatCanTable(self, text: text, limit: limit).rendered()
    }
}

extension AccessEscalationsReport: AccessAnswer {
    func rendered(_ text: TerminalText, limit: Int?) -> String { AccessEscalationsTable(self, text: text).rendered() }
}

extension AccessSuggestReport: AccessAnswer {
    func rendered(_ text: TerminalText, limit: Int?) -> String { AccessSuggestTable(self, text: text).rendered() }
}

/// An action on a resource, and the condition keys that the user knows of the request.
struct ContextOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A condition key of the request, like aws:SourceIp=10.1.2.3; repeat a key for several values, leave the value empty for none. Keys that are not given are unknown.",
            valueName: "key=value"))
    var context: [String] = []

    /// - Throws: a usage error if the action, the resource or a condition key cannot be one.
    func question(_ action: String, on resource: String) throws -> AccessQuestion {
        try ArgumentValue.valid(try AccessQuestion(action, on: resource, context: context))
    }
}
