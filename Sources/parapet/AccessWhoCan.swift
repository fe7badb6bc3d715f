import ArgumentParser
import EffectiveAccess
import Reports

/// Asks who can do one thing to one resource.
struct WhoCanAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-can",
        abstract: "List everybody who can do something to a resource.",
        discussion: """
            Users and roles of the accounts read; services, other accounts, identity providers and everybody whom the \
            resource's own policy lets in; and all who can become one of these roles. Those who can only under a \
            condition are listed with it. Exit codes: 0, or 3 where something that may change the answer could not be read.
            """)

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
        let values = try AccessQuestion.context(request.context)
        let landscape = try await accounts.landscape(about: resource, verbosity)
        let answer = landscape.whoCan(action, resource, context: AccessQuestion.requestContext(values))
        let report = AccessWhoCanReport(answer, context: values)
        try output.write { format, text in
            switch format {
            case .json: Array(try report.json())
            case .table: Array(AccessWhoCanTable(report, text: text).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
        if !answer.doubts.isEmpty { throw ExitCode(3) }
    }
}
