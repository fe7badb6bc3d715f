public import AWSClient
public import Basics
public import Foundation

/// The caller by which messages are sent through AWS.
public struct NotifierSession: Sendable {
    public var client: Client
    public var accountID: String

    public init(_ client: Client, accountID: String) {
        self.client = client
        self.accountID = accountID
    }
}

/// Returns the session; it is asked for with each message, and fails if there are no credentials.
public typealias NotifierSessionSource = @Sendable () async throws(Failure) -> NotifierSession

extension NotifierSession {
    /// Sends a request within the time of one attempt. The client itself tries again only if AWS refuses for a moment.
    fileprivate func send<Output>(
        _ request: MessageRequest<Output>, in region: String
    ) async throws(AWSError) -> Output {
        var client = client
        client.deadline = .now + SendLimit.time
        return try await client.send(request, in: region)
    }
}

extension AWSError {
    /// What the error means for the message. Missing permissions and credentials can be mended while messages wait.
    fileprivate var outcome: SendOutcome {
        let reason = Failure("\(operation) failed", self).description.showingUnsafeCharacters(atMost: 300)
        let isFinal =
            switch kind {
            case .service(_, let status):
                (400..<500).contains(status) && !isAccessDenied && !isCredentialFailure
                    && ![408, 429].contains(status) && code.map { !$0.contains("Throttl") } == true
            default: false
            }
        return isFinal ? .refused(reason) : .failed(reason)
    }
}

/// A topic of Amazon SNS.
struct SNSReceiver: Receiver {
    var topic: String
    var session: NotifierSessionSource

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        let mail = MailMessage(message)
        let notices = message.items.map(\.notice)
        func texts(_ texts: some Sequence<String>) -> SNS.Attribute { .texts(Set(texts).sorted()) }
        var attributes: [String: SNS.Attribute] = [
            "severity": .text(message.severity.rawValue), "notifier": .text(message.notifier),
            "key": .text(message.key), "kinds": texts(notices.map(\.kind.rawValue)),
        ]
        let practices = notices.map(\.practice).filter { !$0.isEmpty }
        if !practices.isEmpty { attributes["practices"] = texts(practices) }
        let accounts = notices.compactMap(\.account)
        if !accounts.isEmpty { attributes["accounts"] = texts(accounts) }
        let request = SNS.publish(
            to: topic, subject: Self.subject(mail.subject), messages: Self.forms(message, mail),
            attributes: attributes, deduplicationID: message.key)
        do throws(Failure) {
            let session = try await session()
            do throws(AWSError) {
                _ = try await session.send(request, in: ARN(topic).map { String($0.region) } ?? "")
                return .sent
            } catch {
                return error.outcome
            }
        } catch {
            return .failed(error.description)
        }
    }

    /// The message by protocol, without records or with short texts if it would be too long otherwise.
    static func forms(_ message: OutgoingMessage, _ mail: MailMessage) -> [String: String] {
        var forms: [String: String] = [:]
        for limit in [nil, Int.max, 200] {
            var message = message
            for place in message.items.indices {
                guard let limit else { break }
                message.items[place].notice.shorten(to: limit)
            }
            forms = [
                "default": WebhookMessage.json(message).description, "email": mail.text,
                "sms": mail.subject.shown(atMost: 140) { _ in nil },
            ]
            // Attributes count too.
            let bytes = JSON.object(JSON.Object(forms.mapValues(JSON.string))).bytes().count
            if bytes < SNS.maximumMessageBytes - 8_192 { break }
        }
        return forms
    }

    /// Source: Amazon SNS API Reference, `Publish`: ASCII without control characters, at most 100, a letter, digit or
    /// punctuation mark first.
    static func subject(_ text: String) -> String {
        let ascii = text.shown { $0.isASCII ? nil : "?" }
        return ascii.utf8.count <= SNS.maximumSubjectLength
            ? ascii : ascii.prefix(SNS.maximumSubjectLength - 3) + "..."
    }
}

/// E-mail by Amazon SES.
struct MailReceiver: Receiver {
    var from: String
    var to: [String]
    var region: String
    var configurationSet: String?
    var session: NotifierSessionSource

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        let mail = MailMessage(message)
        let email = SES.Email(
            from: from, to: to, subject: mail.subject, text: mail.text, html: mail.html,
            headers: ["X-Parapet-Key": message.key], configurationSet: configurationSet)
        do throws(Failure) {
            let session = try await session()
            do throws(AWSError) {
                _ = try await session.send(SES.send(email), in: region)
                return .sent
            } catch {
                return error.outcome
            }
        } catch {
            return .failed(error.description)
        }
    }
}

/// Findings of AWS Security Hub. An alert, a failing finding and its end are imported under one identifier each.
struct SecurityHubReceiver: Receiver {
    /// The Region that collects all findings; `nil` for the Region of each.
    var region: String?
    /// Makes the finding that tells a notice, in the AWS Security Finding Format.
    var finding: FindingFormatter
    var session: NotifierSessionSource

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        do throws(Failure) {
            let session = try await session()
            return await send(message, by: session)
        } catch {
            return .failed(error.description)
        }
    }

    private func send(_ message: OutgoingMessage, by session: NotifierSession) async -> SendOutcome {
        var places: [String: [(place: Int, finding: JSON)]] = [:]
        var refused: [Int: String] = [:]
        for (place, item) in message.items.enumerated() {
            let finding = finding(item.notice, message.time, session.accountID, region)
            let bytes = finding.json.bytes().count
            guard bytes <= SecurityHub.maximumFindingBytes else {
                refused[place] = "the finding has \(bytes) bytes, more than Security Hub takes"
                continue
            }
            places[finding.region, default: []].append((place, finding.json))
        }
        var isSent = false
        for (region, findings) in places.sorted(by: { $0.key < $1.key }) {
            do throws(AWSError) {
                let answer = try await session.send(
                    SecurityHub.batchImport(findings.map(\.finding)), in: region)
                isSent = true
                for failed in answer.failedFindings ?? [] {
                    let reason = "\(failed.errorCode ?? "refused"): \(failed.errorMessage ?? "no reason given")"
                    for (place, finding) in findings where finding["Id"]?.text == failed.id {
                        refused[place] = reason.showingUnsafeCharacters(atMost: 300)
                    }
                }
                if answer.failedCount > 0, answer.failedFindings?.isEmpty != false {
                    return .failed("Security Hub refused \(answer.failedCount) findings without saying which")
                }
            } catch {
                switch error.outcome {
                case .refused(let reason): for (place, _) in findings { refused[place] = reason }
                // Findings that are imported twice are updated, so the whole message is tried again.
                case let outcome: return outcome
                }
            }
        }
        if refused.isEmpty { return .sent }
        return isSent
            ? .sentExcept(refused) : refused.count == 1 ? .refused(refused.values.first ?? "") : .sentExcept(refused)
    }
}

/// Makes the finding that tells a notice, in the AWS Security Finding Format, and names the Region to import it into.
/// - Parameters: the notice, the time, the account of the caller, and the Region that collects all findings.
public typealias FindingFormatter =
    @Sendable (
        _ notice: Notice, _ time: Date, _ account: String, _ region: String?
    ) -> (json: JSON, region: String)
