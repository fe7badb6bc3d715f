import Basics
import FoundationEssentials

/// Credentials that the program of the profile's `credential_process` prints.
///
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
struct ProcessCredentials: CredentialProvider {
    let command: String
    let profile: String
    let environment: AWSEnvironment
    /// Allows for a program that asks the user for input.
    var timeout: Duration = .seconds(60)

    func credentials() async throws(Failure) -> Credentials {
        guard let arguments = ShellWords.split(command), !arguments.isEmpty else {
            throw failure("a quote in it is not closed", "correct the setting")
        }
        let run: CommandRun
        do {
            run = try await CommandRun.run(arguments, variables: environment.variables, timeout: timeout)
        } catch {
            throw failure("\(error.path.quotable): \(error.reason)", "check that the program is there and may be run")
        }
        try checkEnding(of: run)
        guard let answer = JSONCredentials.read(run.output) else {
            throw failure("it printed no credentials in JSON\(said(run))", "run it by hand and see what it prints")
        }
        guard answer.version == 1 else {
            throw failure(
                "it printed version \(answer.version.map(String.init) ?? "none"); only 1 is known", "check the program")
        }
        let credentials: Credentials
        do {
            credentials = try answer.credentials()
        } catch {
            throw failure("\(error)", "run it by hand and see what it prints")
        }
        if let expiration = credentials.expiration, expiration <= environment.now() {
            throw failure(
                "its credentials expired at \(expiration.rfc3339)",
                "log in with the program again, or check the clock")
        }
        return credentials
    }

    private func checkEnding(of run: CommandRun) throws(Failure) {
        switch run.ending {
        case .exited(status: 0): return
        case .exited(let status):
            throw failure("it ended with status \(status)\(said(run))", "run it by hand and mend that")
        case .killed(let signal): throw failure("it was ended by signal \(signal)\(said(run))", "run it by hand")
        case .timedOut:
            throw failure("it did not end within \(timeout.components.seconds) seconds\(said(run))", "run it by hand")
        case .tooMuchOutput:
            throw failure("it printed more than \(CommandRun.maximumOutputBytes >> 20) MB", "run it by hand")
        case .cancelled: throw failure("it was interrupted", "run it again")
        }
    }

    /// Returns the text of the error stream. The output is never shown, because it holds the secrets.
    private func said(_ run: CommandRun) -> String {
        let text = String(decoding: run.errors, as: UTF8.self).quotable
        return text.isEmpty ? "" : " and says '\(text)'"
    }

    private func failure(_ why: String, _ advice: String) -> Failure {
        Failure("the credential_process of the profile '\(profile)' failed", why: why, advice: advice)
    }
}

/// Splits a command line of a profile. No shell is used: only quotes and backslashes have a meaning.
enum ShellWords {
    /// - Returns: `nil` if a quote is not closed.
    static func split(_ text: String) -> [String]? {
        var arguments: [String] = []
        var current: String?
        var quote: Character?
        var characters = text.makeIterator()
        while let character = characters.next() {
            switch (character, quote) {
            case ("'", "'"), ("\"", "\""): quote = nil
            case ("'", nil), ("\"", nil):
                quote = character
                current = current ?? ""
            case ("\\", nil), ("\\", "\""):
                guard let next = characters.next() else { return nil }
                let isKept = quote == "\"" && next != "\"" && next != "\\"
                current = (current ?? "") + (isKept ? "\\" : "") + String(next)
            case (let space, nil) where space.isWhitespace:
                if let argument = current { arguments.append(argument) }
                current = nil
            default: current = (current ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let argument = current { arguments.append(argument) }
        return arguments
    }
}
