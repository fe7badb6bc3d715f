import AWSClient
public import Basics
import Posture
public import Remediation

/// A plan for people: each change with the states before and after, the API call, and how to undo it.
public struct PlanReport: Sendable {
    let file: PlanFile
    var plan: Plan { file.plan }

    public init(_ file: PlanFile) { self.file = file }

    /// The formats of a plan. Only JSON can be applied.
    public static let formats: [Format] = [.table, .markdown, .json]

    /// Returns the plan in one of ``formats``, ending with a line feed.
    /// - Parameter text: the layout of a table.
    public func rendered(_ format: Format, _ text: TerminalText) -> String {
        switch format {
        case .json: String(decoding: file.bytes, as: UTF8.self)
        case .markdown: markdown
        default: table(text)
        }
    }

    /// For a terminal, ending with a line feed.
    public func table(_ text: TerminalText) -> String {
        var page = TerminalPage(text)
        page.add(title, .bold)
        page.add("scanned \(plan.scanned) · by \(plan.caller)", .dim)
        page.add("hash \(file.hash)", .dim)
        if let risks { page.add(risks) }
        for (index, step) in plan.steps.enumerated() {
            let number = "\(index + 1). "
            page.space()
            page.add(step.title, indent: number.count, .bold, margin: text.styled(number, .bold))
            for (name, lines) in step.facts {
                for (line, words) in lines.enumerated() {
                    let margin = line == 0 ? "  " + name.padded(to: 9) : String(repeating: " ", count: 11)
                    page.add(words, indent: 11, margin: text.styled(margin, .dim))
                }
            }
        }
        if !plan.leftOut.isEmpty {
            page.heading(leftOutTitle, plan.leftOut.count)
            for group in leftOutByReason {
                if group.places.count == 1 {
                    page.add("\(group.places[0]): \(group.reason)", indent: 4, margin: "  - ")
                } else {
                    page.add(group.reason, indent: 4, margin: "  - ")
                    for place in group.places { page.add(place, indent: 8, margin: "      · ") }
                }
                for line in group.byHand { page.add(line, indent: 6) }
            }
        }
        if !plan.permissions.isEmpty {
            page.heading("Permissions for applying and undoing")
            page.add(plan.permissions.joined(separator: ", "), indent: 2)
        }
        page.space()
        page.add(end)
        return page.rendered
    }

    /// For a pull request, ending with a line feed.
    public var markdown: String {
        var lines = ["# " + MarkdownText.escaped(title), ""]
        lines.append(
            "Scanned \(plan.scanned) by \(MarkdownText.code(plan.caller)). Hash \(MarkdownText.code(file.hash)).")
        if let risks { lines += ["", MarkdownText.escaped(risks)] }
        for (index, step) in plan.steps.enumerated() {
            lines += ["", "## \(index + 1). " + MarkdownText.escaped(step.title), "", "| | |", "| --- | --- |"]
            for (name, words) in step.facts {
                let cells = words.map { MarkdownText.code($0, isInTable: true) }.joined(separator: "<br>")
                lines.append("| \(name) | \(cells) |")
            }
        }
        if !plan.leftOut.isEmpty {
            lines += ["", "## \(leftOutTitle)", ""]
            for each in plan.leftOut {
                lines.append(
                    "- \(MarkdownText.code(each.check)) on \(MarkdownText.code(each.resource)): "
                        + MarkdownText.escaped(each.reason))
                lines += each.byHand.map { "  - " + MarkdownText.escaped($0) }
            }
        }
        if !plan.permissions.isEmpty {
            lines += ["", "Permissions: " + plan.permissions.map { MarkdownText.code($0) }.joined(separator: ", ")]
        }
        lines += ["", MarkdownText.escaped(end)]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same changes as commands of the AWS CLI, for a shell. They do not check the state before, and record
    /// nothing.
    public var commands: String {
        var lines = [
            "#!/bin/sh", "# " + Self.comment(title), "# Plan \(file.hash), scanned \(plan.scanned).",
            "# These commands do not look whether the plan still holds, and keep no journal.", "set -eu",
        ]
        var variables: [String: String] = [:]
        // Resource names cannot contain the plan's hash, which depends on them.
        func command(_ call: APICall) -> String {
            let command = call.command(with: variables, mark: file.hash)
            return call.signer == .root ? asRoot(command) : command
        }
        for (index, step) in plan.steps.enumerated() {
            lines += ["", "# \(index + 1). " + Self.comment(step.title), "# on " + Self.comment(step.resource)]
            if let keeps = step.keeps {
                let variable = "KEPT_\(index + 1)"
                lines.append("\(variable)=$(\(command(step.call)) --query \(keeps.query.quoted) --output text)")
                variables[keeps.name] = variable
            } else {
                if step.call.signer == .root {
                    lines.append("# with credentials of the management account or the delegated administrator of IAM")
                }
                lines.append(step.handOver?.command(command(step.call)) ?? command(step.call))
            }
            if let undo = step.undo {
                let words = undo.isResolved ? command(undo) : "\(undo.name) with the id that AWS gives"
                lines.append("# undo: " + words + (step.undoHandOver?.secret == .password ? " --password …" : ""))
            }
            lines += step.notRestored.map { "# not restored by undoing: " + Self.comment($0) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Returns the command in a subshell with credentials of the root user.
    private func asRoot(_ command: String) -> String {
        """
        (set -- $(aws sts assume-root --region \(plan.region) --target-principal \(plan.account) --task-policy-arn \
        arn=arn:\(plan.partition):iam::aws:policy/root-task/IAMDeleteRootUserCredentials \
        --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text); \
        AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2 AWS_SESSION_TOKEN=$3 \(command))
        """
    }

    /// The same changes as a template or configuration that declares the state after them.
    /// - Throws: ``Failure`` if the language has no resource for any of them, or needs a document for each Region.
    public func code(in language: InfrastructureCode.Language) throws(Failure) -> String {
        let code = InfrastructureCode(plan.steps.map { ($0.title, $0.call) }, in: language)
        guard !code.isEmpty else {
            throw Failure(
                "the plan cannot be shown as \(language.rawValue)",
                why: plan.steps.isEmpty
                    ? "it has no step"
                    : "none of its steps is a resource of \(language.rawValue) (\(code.rest.joined(separator: "; ")))",
                advice: plan.steps.isEmpty ? "leave out --as" : "leave out --as, or use --as cli")
        }
        guard language == .terraform || code.regions.count == 1 else {
            throw Failure(
                "the plan cannot be shown as \(language.rawValue)",
                why: "a stack is of one Region, and the steps are in \(code.regions.joined(separator: ", "))",
                advice: "plan one with --region or --resource, or use --as terraform")
        }
        return code.text("\(title), plan \(file.hash.prefix(12)), scanned \(plan.scanned)")
    }

    /// The failing findings without a step: each reason once, with the checks and resources that it is about.
    private var leftOutByReason: [(reason: String, byHand: [String], places: [String])] {
        var groups: [(reason: String, byHand: [String], findings: [(check: String, resources: [String])])] = []
        for each in plan.leftOut {
            let finding = (each.check, [each.resource])
            guard let group = groups.firstIndex(where: { ($0.reason, $0.byHand) == (each.reason, each.byHand) }) else {
                groups.append((each.reason, each.byHand, [finding]))
                continue
            }
            if let place = groups[group].findings.firstIndex(where: { $0.check == each.check }) {
                groups[group].findings[place].resources.append(each.resource)
            } else {
                groups[group].findings.append(finding)
            }
        }
        return groups.map { group in
            let places = group.findings.map { check, resources in
                let place = resources.count == 1 ? resources[0] : Figures.count(resources.count, "resource")
                return check.isEmpty ? place : "\(check) on \(place)"
            }
            return (group.reason, group.byHand, places)
        }
    }

    private var title: String {
        let what = plan.undoes.map { "Plan to undo \($0)" } ?? "Plan"
        return "\(what) for account \(plan.account): \(Figures.count(plan.steps.count, "step"))"
    }

    private var end: String {
        guard plan.steps.isEmpty else {
            return "Nothing has been changed. 'parapet fix apply PLAN-FILE' applies the plan."
        }
        return plan.undoes != nil && !plan.leftOut.isEmpty ? "Nothing of it can be undone." : "Nothing is to be done."
    }

    private var leftOutTitle: String { plan.undoes == nil ? "Without a step" : "Not undone" }

    /// How many steps have which risk, with the numbers of those that undoing does not restore; `nil` for no step.
    private var risks: String? {
        let words = [Step.Risk.reversible, .reversibleWithLoss, .irreversible].compactMap { risk -> String? in
            let numbers = plan.steps.indices.filter { plan.steps[$0].risk == risk }.map { "\($0 + 1)" }
            guard !numbers.isEmpty else { return nil }
            let places =
                risk == .reversible
                ? ""
                : " (\(numbers.count == 1 ? "step" : "steps") "
                    + numbers.joined(separator: ", ") + ")"
            return "\(numbers.count) \(risk.rawValue)\(places)"
        }
        return words.isEmpty ? nil : "Risk: " + words.joined(separator: " · ")
    }

    private static func comment(_ text: String) -> String { TerminalText.escaped(text) }
}

extension Step {
    /// Each aspect by its name, with one line or several.
    fileprivate var facts: [(String, [String])] {
        let change = Self.change(from: before, to: after)
        let all: [(String, [String])] = [
            ("on", [resource]), ("for", [checks.joined(separator: ", ")]), ("before", change.before),
            ("after", change.after), ("call", call.lines),
            (
                "as",
                [call.signer == .root ? "the root user of the account, in a session of centralized root access" : ""]
            ), ("undo", undo?.lines ?? ["none"]),
            ("risk", [risk.rawValue]), ("loss", notRestored), ("reach", reach), ("note", notes), ("cost", [cost]),
            ("secret", [handOver?.words ?? "", undoHandOver.map { "If undone: \($0.words)" } ?? ""]),
            ("later", [later?.words ?? ""]),
        ]
        return all.map { ($0.0, $0.1.filter { !$0.isEmpty }) }.filter { !$0.1.isEmpty }
    }

    /// The values before and after. For objects, only the members that differ; for lists of objects, such as statements
    /// of a policy, only the elements that differ.
    private static func change(from before: JSON, to after: JSON) -> (before: [String], after: [String]) {
        guard let old = before.object, let new = after.object else { return (before.lines, after.lines) }
        let names = (new.names + old.names.filter { new[$0] == nil }).filter {
            !(old[$0] ?? .null).isSame(as: new[$0] ?? .null)
        }
        guard !names.isEmpty else { return (before.lines, after.lines) }
        var (left, right): ([String], [String]) = ([], [])
        for name in names {
            let (was, becomes) = (old[name] ?? .null, new[name] ?? .null)
            if let all = was.elements, let others = becomes.elements,
                (all + others).contains(where: { $0.object != nil })
            {
                let kept = all.filter(others.contains).count
                left += elements(of: name, all.filter { !others.contains($0) }, unchanged: kept)
                right += elements(of: name, others.filter { !all.contains($0) }, unchanged: kept)
            } else {
                left.append("\(name) = \(was.words)")
                right.append("\(name) = \(becomes.words)")
            }
        }
        return (left, right)
    }

    private static func elements(of name: String, _ elements: [JSON], unchanged: Int) -> [String] {
        elements.map { "\(name): \($0.words)" } + (unchanged > 0 ? ["\(name): \(unchanged) unchanged"] : [])
    }
}

extension Step.HandOver {
    fileprivate var words: String {
        let reach =
            switch place {
            case .file: ", readable by its owner only"
            case .secret: ""
            }
        return "The \(secret.rawValue) is written to \(place)\(reach)."
    }

    /// The command, with its output written to the place instead of the terminal.
    fileprivate func command(_ command: String) -> String {
        switch (secret, place) {
        case (.password, _): "# \(command) --password …"
        case (.accessKey, .file(let path)): "(umask 077; set -C; \(command) > \(path.quoted))"
        case (.accessKey, .secret(let name, let region)):
            "\(command) --query AccessKey --output json | aws secretsmanager put-secret-value --region \(region) "
                + "--secret-id \(name.quoted) --secret-string file:///dev/stdin"
        }
    }
}

extension Step.Later {
    var words: String { (days > 0 ? "after \(Figures.count(days, "day")): " : "") + what }
}

extension JSON {
    /// The value for a person: a text without quotation marks, everything else as JSON with a space at each place where
    /// a line can be broken.
    fileprivate var words: String {
        switch self {
        case .null: "none"
        case .string(let text): document?.spaced ?? text
        case .object(let object) where object.isEmpty: "exists"
        default: keptName.map { "the new \($0)" } ?? spaced
        }
    }

    /// The value for a person; an object with a line for each member.
    fileprivate var lines: [String] {
        guard let object, !object.isEmpty, keptName == nil else { return [words] }
        return object.members.sorted { $0.name < $1.name }.map { "\($0.name) = \($0.value.words)" }
    }

    /// The JSON document that a text contains, such as a policy.
    private var document: JSON? {
        guard let text, text.hasPrefix("{"), let document = try? JSON(parsing: text) else { return nil }
        return document
    }

    private var spaced: String {
        switch self {
        case .array(let elements): return "[" + elements.map(\.spaced).joined(separator: ", ") + "]"
        case .object(let object):
            if let keptName { return "<the new \(keptName)>" }
            if let way = object["$read"]?.elements { return "<\(way.last?.text ?? "ID") that AWS gives>" }
            return "{"
                + object.members.sorted { $0.name < $1.name }
                .map { JSON.string($0.name).written(.compact) + ": " + $0.value.spaced }.joined(separator: ", ") + "}"
        default: return document?.spaced ?? written(.compact)
        }
    }
}

extension APICall {
    /// The call, with a line for each parameter.
    fileprivate var lines: [String] {
        // An empty parameter turns a setting off; in an observation, an empty value says that something exists.
        let lines = (parameters.object?.members ?? []).sorted { $0.name < $1.name }.map { parameter in
            "\(parameter.name) = " + (parameter.value == [:] ? "{}" : parameter.value.words)
        }
        return ["\(name) in \(region)"] + lines
    }

    /// Returns the call as a command of the AWS CLI.
    /// - Parameters:
    ///   - variables: the shell variables of kept values, by the values' names.
    ///   - mark: a text that no parameter contains.
    fileprivate func command(with variables: [String: String], mark: String) -> String {
        // The replacement throws nothing.
        let marked =
            (try? self.parameters.replacing("$kept") { .string("\(mark)\(variables[$0.text ?? ""] ?? "")\(mark)") })
            ?? .null
        let input = marked.written(.sorted).quoted.replacing(between: mark) { #"'"$\#($0)"'"# }
        let service = self.service == "s3" ? "s3api" : self.service
        // A hyphen stands before each word and each abbreviation: `update-ssh-public-key`.
        let letters = Array(operation)
        var words = ""
        for (place, letter) in letters.enumerated() {
            let beginsWord =
                place > 0 && letter.isUppercase
                && (letters[place - 1].isLowercase
                    || (place + 1 < letters.count && letters[place + 1].isLowercase))
            words += (beginsWord ? "-" : "") + letter.lowercased()
        }
        return "aws \(service) \(words) --region \(region)"
            + (parameters.object?.isEmpty == true ? "" : " --cli-input-json " + input)
    }
}

extension String {
    /// The text quoted for a shell.
    fileprivate var quoted: String {
        "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// The text with each part that stands between two marks replaced.
    fileprivate func replacing(between mark: String, by replacement: (Substring) -> String) -> String {
        split(separator: mark, omittingEmptySubsequences: false).enumerated().map { index, part in
            index.isMultiple(of: 2) ? String(part) : replacement(part)
        }.joined()
    }

    fileprivate func padded(to columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - count))
    }
}
