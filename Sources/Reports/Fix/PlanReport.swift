import AWSClient
public import Basics
import Posture
public import Remediation

/// A plan for people: each change with the states before and after, the API call, and how to undo it.
public struct PlanReport: Sendable {
    let file: PlanFile
    var plan: Plan { file.plan }

    public init(_ file: PlanFile) { self.file = file }

    /// For a terminal, ending with a line feed.
    public func table(_ text: TerminalText) -> String {
        var page = TerminalPage(text)
        page.add(title, .bold)
        page.add("scanned \(plan.scanned) · by \(plan.caller) · hash \(file.hash)", .dim)
        for (index, step) in plan.steps.enumerated() {
            page.heading("\(index + 1). \(step.title)")
            for (name, lines) in step.facts {
                for (line, words) in lines.enumerated() {
                    let margin = line == 0 ? "  " + name.padded(to: 9) : String(repeating: " ", count: 11)
                    page.add(words, indent: 11, margin: text.styled(margin, .dim))
                }
            }
        }
        if !plan.leftOut.isEmpty {
            page.heading("Without a step", plan.leftOut.count)
            for (each, count) in leftOutOnce {
                let place = count == 1 ? each.resource : Figures.count(count, "resource")
                page.add("\(each.check) on \(place): \(each.reason)", indent: 4, margin: "  - ")
                for line in each.byHand { page.add(line, indent: 6) }
            }
        }
        if !plan.permissions.isEmpty {
            page.heading("Permissions that applying and undoing take")
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
        for (index, step) in plan.steps.enumerated() {
            lines += ["", "## \(index + 1). " + MarkdownText.escaped(step.title), "", "| | |", "| --- | --- |"]
            for (name, words) in step.facts {
                let cells = words.map { MarkdownText.code($0, isInTable: true) }.joined(separator: "<br>")
                lines.append("| \(name) | \(cells) |")
            }
        }
        if !plan.leftOut.isEmpty {
            lines += ["", "## Without a step", ""]
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
                lines.append("# undo: " + (undo.isResolved ? command(undo) : "\(undo.name) with the id that AWS gives"))
            }
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
    /// - Throws: ``Failure`` if the language has no resource for any of them.
    public func code(in language: InfrastructureCode.Language) throws(Failure) -> String {
        let code = InfrastructureCode(plan.steps.map { ($0.title, $0.call) }, in: language)
        guard !code.isEmpty else {
            throw Failure(
                "the plan cannot be shown as \(language.rawValue)",
                why: plan.steps.isEmpty ? "it has no step" : "no resource of \(language.rawValue) declares its steps",
                advice: "leave out --as")
        }
        return code.text("\(title), plan \(file.hash.prefix(12)), scanned \(plan.scanned)")
    }

    /// The failing findings without a step. Findings with the same check and the same reasons are listed once and
    /// counted.
    private var leftOutOnce: [(Plan.LeftOut, Int)] {
        var found: [(Plan.LeftOut, Int)] = []
        for each in plan.leftOut {
            let place = found.firstIndex {
                ($0.0.check, $0.0.reason, $0.0.byHand) == (each.check, each.reason, each.byHand)
            }
            if let place { found[place].1 += 1 } else { found.append((each, 1)) }
        }
        return found
    }

    private var title: String {
        let what = plan.undoes.map { "Plan to undo \($0)" } ?? "Plan"
        return "\(what) for account \(plan.account): \(Figures.count(plan.steps.count, "step"))"
    }

    private var end: String {
        plan.steps.isEmpty
            ? "Nothing is to be done." : "Nothing has been changed. 'parapet fix apply PLAN-FILE' applies the plan."
    }

    private static func comment(_ text: String) -> String { TerminalText.escaped(text) }
}

extension Step {
    /// Each aspect by its name, with one line or several.
    fileprivate var facts: [(String, [String])] {
        let change = Self.change(from: before, to: after)
        let all: [(String, [String])] = [
            ("on", [resource]), ("for", [checks.joined(separator: ", ")]), ("before", change.before),
            ("after", change.after), ("call", [call.text]),
            (
                "as",
                [call.signer == .root ? "the root user of the account, in a session of centralized root access" : ""]
            ), ("undo", [undo.map(\.text) ?? "none"]),
            ("risk", [risk.rawValue]), ("reach", reach), ("note", notes), ("cost", [cost]),
            ("secret", [handOver, undoHandOver].compactMap { $0?.words }), ("later", [later?.words ?? ""]),
        ]
        return all.map { ($0.0, $0.1.filter { !$0.isEmpty }) }.filter { !$0.1.isEmpty }
    }

    /// The values before and after. For objects, only the members that differ.
    private static func change(from before: JSON, to after: JSON) -> (before: [String], after: [String]) {
        guard let old = before.object, let new = after.object else { return ([before.words], [after.words]) }
        let names = new.names.filter { !(old[$0] ?? .null).isSame(as: new[$0] ?? .null) }
        guard !names.isEmpty else { return ([before.words], [after.words]) }
        return (
            names.map { "\($0) = \((old[$0] ?? .null).words)" }, names.map { "\($0) = \((new[$0] ?? .null).words)" }
        )
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
    fileprivate var words: String { (days > 0 ? "after \(days) days: " : "") + what }
}

extension JSON {
    fileprivate var words: String {
        switch self {
        case .null: "none"
        case .string(let text): text
        default: keptName.map { "the new \($0)" } ?? written(.sorted)
        }
    }
}

extension APICall {
    /// The call in one line: `iam:UpdateAccountPasswordPolicy in us-east-1 {…}`
    fileprivate var text: String {
        "\(name) in \(region)" + (parameters.object?.isEmpty == true ? "" : " " + parameters.written(.sorted))
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
