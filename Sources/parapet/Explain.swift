import ArgumentParser
import Posture
import Practices
import Reports

/// Explains a check.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a check: what it is, why it matters, how it judges, what to do.")

    @Argument(help: "The check's id, or another tool's id for the same condition.")
    var check: String

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        _ = try found()
    }

    func run() throws {
        let text = Terminal.standardOutput.text(noColor: verbosity.noColor)
        let pages = try found().map { Explanation($0, text: text).rendered() }
        try Terminal.standardOutput.write(pages.joined(separator: "\n" + String(repeating: "─", count: 40) + "\n\n"))
    }

    private func found() throws -> [any Check] {
        do throws(UnknownCheck) {
            return try CheckIndex(Catalogue.checks).checks(named: check)
        } catch {
            throw ValidationError("\(error) ('parapet checks' lists all)")
        }
    }
}
