import ArgumentParser
import IAMPolicy

/// Answers a file of cases: requests with all the policies that have a say in them.
struct EvaluateAccess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Decide each case of a file as AWS would, offline.",
        discussion: """
            The file holds a JSON array of cases, each with an id, a request and its policies. The answers come in the \
            same order: the decision (allowed, implicitDeny or explicitDeny) with the statements that decided. A case \
            that cannot be read is answered with an error, and the exit code is then 1.
            """)

    @Option(name: .long, help: ArgumentHelp("The file of cases, or - for stdin.", valueName: "file"))
    var cases: String

    @Option(name: .long, help: "json.")
    var format: Format = .json

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json
    }

    func run() throws {
        let bytes = try InputFile.bytes(cases == "-" ? "/dev/stdin" : cases)
        let entries: [AccessCase.Entry]
        do throws(AccessCaseError) {
            entries = try AccessCase.read(bytes)
        } catch {
            throw CommandFailure(
                "\(cases) cannot be used", why: error.description, advice: "write a JSON array of cases")
        }
        let answers = entries.map { "  " + $0.answerJSON }.joined(separator: ",\n")
        try Terminal.standardOutput.write(entries.isEmpty ? "[]\n" : "[\n\(answers)\n]\n")
        if entries.contains(where: \.isUnreadable) { throw ExitCode(1) }
    }
}

extension AccessCase.Entry {
    fileprivate var isUnreadable: Bool {
        if case .failure = result { true } else { false }
    }
}
