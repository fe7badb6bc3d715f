public import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import LogSources
public import Reports

/// Evaluates which principals have which access, and why. Reads only what the question needs.
public struct AccessRun: Sendable {
    public var accounts: AccountSelection
    public var environment: RunEnvironment
    public var progress: ProgressReport<ReadingProgress>?

    public init(
        _ accounts: AccountSelection = AccountSelection(), in environment: RunEnvironment = RunEnvironment(),
        progress: ProgressReport<ReadingProgress>? = nil
    ) {
        self.accounts = accounts
        self.environment = environment
        self.progress = progress
    }

    /// Evaluates whether a principal can perform an action on a resource.
    /// - Parameter principal: an ARN (a session of a role stands for its role), or `NAME`, `user/NAME`, `role/NAME`.
    /// - Throws: ``Failure`` if the accounts cannot be read or do not contain the principal; `CancellationError`.
    public func can(_ principal: String, _ question: AccessQuestion) async throws -> AccessCanReport {
        let landscape = try await landscape(ResourceReads(question.resource))
        let (action, resource, context) = (question.action, question.resource, question.requestContext)
        var report = AccessCanReport(
            principal: principal, action: action, resource: resource, context: question.context)
        do {
            try landscape.check()
            let named = try NamedPrincipal(principal, in: landscape)
            report.principal = landscape.principals[named.number].arn
            report.askedAs = named.session
            let answer = try landscape.access(of: named.number, action, resource, context: context)
            report.access = answer.access
            report.doubts = answer.doubts
            report.decision = try landscape.decision(of: named.number, action, resource, context: context)
            report.reasons = (answer.access.denials + answer.access.grants).map { source in
                .init(source, landscape.quotation(of: source, by: named.number, on: resource))
            }
        } catch let unknown as Unknown {
            report.doubts = [unknown]
        }
        return report
    }

    /// Lists the principals that can perform an action on a resource.
    /// - Throws: ``Failure`` if the accounts cannot be read; `CancellationError`.
    public func whoCan(_ question: AccessQuestion) async throws -> AccessWhoCanReport {
        let landscape = try await landscape(ResourceReads(question.resource))
        var answer = landscape.whoCan(question.action, question.resource, context: question.requestContext)
        answer.hiding += landscape.nothing
        return AccessWhoCanReport(answer, context: question.context)
    }

    /// Lists what a principal can do, and the roles that it can assume.
    /// - Throws: as ``can(_:_:)``.
    public func whatCan(_ principal: String) async throws -> AccessWhatCanReport {
        let landscape = try await landscape()
        var report = AccessWhatCanReport(principal: principal)
        do {
            try landscape.check()
            let named = try NamedPrincipal(principal, in: landscape)
            report.principal = landscape.principals[named.number].arn
            report.askedAs = named.session
            report.answer = try landscape.whatCan(named.number)
        } catch let unknown as Unknown {
            report.doubt = unknown
        }
        return report
    }

    /// Lists the principals that can escalate their privileges, and how.
    /// - Throws: ``Failure`` if the accounts cannot be read; `CancellationError`.
    public func escalations() async throws -> AccessEscalationsReport {
        var reads = ResourceReads()
        reads.facets = Workload.reads
        let landscape = try await landscape(reads, isRegional: true)
        var escalations = landscape.escalations()
        escalations.hiding += landscape.nothing
        if escalations.doubts.isEmpty, landscape.principals.isEmpty {
            escalations.hiding = [Unknown(.notFound, detail: "no user or role was found, so nothing was evaluated")]
        }
        return AccessEscalationsReport(escalations)
    }

    /// Suggests a least-privilege policy from the calls that a principal made.
    /// Logs in S3 have as much time as the accounts; what was not read by then is a doubt.
    /// - Throws: ``Failure`` if the accounts or the logs cannot be read, do not contain the principal, or show no
    ///   permitted call; `Unknown` if the principal's current permissions could not be read, because the logs are
    ///   compared with them; `CancellationError`.
    public func suggest(_ principal: String, from logs: LogPlaces) async throws -> AccessSuggestReport {
        let landscape = try await landscape()
        try landscape.check()
        let named = try NamedPrincipal(principal, in: landscape)
        let arn = landscape.principals[named.number].arn
        let pipeline = try await logs.pipeline(
            .json, .cloudTrail, timeout: accounts.timeout, accounts.session, in: environment
        ).0
        let read = try await AccessLogs(pipeline, of: arn)
        guard read.calls.contains(where: { !$0.isRefused }) else {
            let first = read.account.losses.first.map { "; not all could be read, as \($0)" }
            throw Failure(
                "no policy can be suggested for \(arn)",
                why: """
                    the logs contain no allowed call of the principal among \(read.basis.events) events\(first ?? "")
                    """,
                advice: "use logs of a time in which it was active")
        }
        var suggestion = try landscape.suggestion(for: named.number, from: read.calls, basis: read.basis)
        suggestion.doubts += read.doubts
        return AccessSuggestReport(suggestion)
    }

    /// Evaluates each case of a file as AWS would, offline.
    /// - Parameter name: the file's name, for the error message.
    /// - Throws: ``Failure`` if the file holds no array of cases.
    public static func evaluate(_ cases: [UInt8], name: String) throws(Failure) -> AccessCaseAnswers {
        do throws(AccessCaseError) {
            return AccessCaseAnswers(try AccessCase.read(cases))
        } catch {
            throw Failure("\(name) cannot be used", why: error.description, advice: "provide a JSON array of cases")
        }
    }

    private func landscape(
        _ reads: ResourceReads = ResourceReads(), isRegional: Bool = false
    ) async throws -> Landscape {
        var reading = AccountReading(accounts, in: environment, facets: Landscape.reads.union(reads.facets))
        reading.buckets = reads.buckets
        reading.keys = reads.keys
        reading.isRegional = isRegional
        return Landscape(try await reading.snapshot(progress: progress).accounts)
    }
}

extension Landscape {
    /// The reason why nothing was evaluated, as in an organization without an active account; empty if an account was
    /// read.
    fileprivate var nothing: [Unknown] {
        accounts.isEmpty ? [Unknown(.notFound, detail: "no account was read, so nothing was evaluated")] : []
    }

    /// - Throws: `Unknown` if no account was read.
    fileprivate func check() throws(Unknown) {
        if let unknown = nothing.first { throw unknown }
    }
}

/// The answers to a file of cases, in the file's order.
public struct AccessCaseAnswers: Sendable {
    private let entries: [AccessCase.Entry]

    init(_ entries: [AccessCase.Entry]) {
        self.entries = entries
    }

    /// The answers as a JSON array with one answer a line, ending with a line feed.
    public var json: String {
        guard !entries.isEmpty else { return "[]\n" }
        return "[\n\(entries.map { "  " + $0.answerJSON }.joined(separator: ",\n"))\n]\n"
    }

    /// ``ExitStatus/failed`` if a case cannot be read, ``ExitStatus/undetermined`` if there is none.
    public var exitStatus: ExitStatus {
        let isUnreadable = entries.contains { if case .failure = $0.result { true } else { false } }
        return isUnreadable ? .failed : entries.isEmpty ? .undetermined : .clean
    }
}

// MARK: Exit status

/// A report that answers a question about access.
public protocol AccessAnswer: Reportable {
    var exitStatus: ExitStatus { get }
}

extension AccessCanReport: AccessAnswer {
    public var exitStatus: ExitStatus { ExitStatus(found: false, undetermined: !doubts.isEmpty) }

    /// ``ExitStatus/clean`` only if the access is allowed without conditions, ``ExitStatus/found`` if it is denied or
    /// needs a condition.
    public var exitStatusOfAnswer: ExitStatus {
        switch outcome {
        case .allowed: .clean
        case .denied, .conditional: .found
        case .unknown: .undetermined
        }
    }
}

extension AccessWhoCanReport: AccessAnswer {
    public var exitStatus: ExitStatus { ExitStatus(found: false, undetermined: !answer.doubts.isEmpty) }
}

extension AccessWhatCanReport: AccessAnswer {
    public var exitStatus: ExitStatus { ExitStatus(found: false, undetermined: !doubts.isEmpty) }
}

extension AccessSuggestReport: AccessAnswer {
    public var exitStatus: ExitStatus { ExitStatus(found: false, undetermined: !suggestion.doubts.isEmpty) }

    /// Notes for the user about the policy.
    public var notes: [String] { suggestion.notes }

    /// The policy alone, as an indented document with a line feed at its end.
    public var policy: String { suggestion.policy.indentedJSON + "\n" }
}

extension AccessEscalationsReport: AccessAnswer {
    public var exitStatus: ExitStatus {
        ExitStatus(
            found: escalations.paths.contains(where: \.doubts.isEmpty), undetermined: !escalations.doubts.isEmpty)
    }
}
