import ArgumentParser
import EffectiveAccess
import IAMPolicy
import Inventory
import Reports

/// Asks whether one principal can do one thing to one resource.
struct CanAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "can",
        abstract: "Say whether a user or role can do something to a resource, and why.",
        discussion: """
            The answer is one of three: allowed, allowed under a condition (which it states), or denied. \
            Exit codes: 0 whatever the answer is, 3 where something that may change it could not be read.
            """)

    @Argument(help: "An ARN (a role's session stands for its role), or a name: NAME, user/NAME, role/NAME.")
    var principal: String

    @Argument(help: "As a policy writes it, such as s3:GetObject.")
    var action: String

    @Argument(help: "The ARN of one resource, or '*' for an action that has none.")
    var resource: String

    @OptionGroup(title: "Request") var request: ContextOptions
    @OptionGroup(title: "Account") var accounts: AccountSelection
    @OptionGroup(title: "Output") var output: OutputOptions<AccessFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        try AccessQuestion.checkAction(action)
        try AccessQuestion.checkResource(resource)
    }

    func run() async throws {
        try output.check()
        let landscape = try await accounts.landscape(about: resource, verbosity)
        let report = try report(landscape)
        try output.write { format, text in
            switch format {
            case .json: Array(try report.json())
            case .table: Array(AccessCanTable(report, text: text).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
        if !report.doubts.isEmpty { throw ExitCode(3) }
    }

    private func report(_ landscape: Landscape) throws -> AccessCanReport {
        let values = try AccessQuestion.context(request.context)
        let context = AccessQuestion.requestContext(values)
        var report = AccessCanReport(
            principal: principal, action: action, resource: resource, context: values, access: nil, decision: nil,
            reasons: [], doubts: [])
        do {
            let asked = try PrincipalArgument(principal, in: landscape)
            report.principal = landscape.principals[asked.number].arn
            report.askedAs = asked.session
            let answer = try landscape.access(of: asked.number, action, resource, context: context)
            report.access = answer.access
            report.doubts = answer.doubts
            report.decision = try landscape.decision(of: asked.number, action, resource, context: context)
            report.reasons = (answer.access.denials + answer.access.grants).map { source in
                .init(source, text: landscape.statement(source, of: asked.number, on: resource)?.json)
            }
        } catch let unknown as Unknown {
            report.doubts = [unknown]
        }
        return report
    }
}
