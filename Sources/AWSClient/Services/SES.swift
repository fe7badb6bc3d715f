import Basics

extension Service {
    public static let ses = Service(
        endpointPrefix: "email", signingName: "ses", environmentName: "SESV2", wireProtocol: .restJSON)
}

extension Operation {
    public static let sendEmail = Operation(.ses, "SendEmail")
}

/// Amazon SES, as far as it is used. Source of the shapes: the Amazon SES API v2 Reference, `SendEmail`.
public enum SES {
    /// An e-mail with a part in text and one in HTML.
    public struct Email: Sendable, Hashable {
        public var from: String
        public var to: [String]
        public var subject: String
        public var text: String
        public var html: String
        /// More headers, by name.
        public var headers: [String: String]
        public var configurationSet: String?

        public init(
            from: String, to: [String], subject: String, text: String, html: String, headers: [String: String] = [:],
            configurationSet: String? = nil
        ) {
            self.from = from
            self.to = to
            self.subject = subject
            self.text = text
            self.html = html
            self.headers = headers
            self.configurationSet = configurationSet
        }
    }

    /// Sends an e-mail. It is sent once more each time that the request is sent.
    public static func send(_ email: Email) -> MessageRequest<SendEmailAnswer> {
        func content(_ text: String) -> JSON { ["Data": .string(text), "Charset": "UTF-8"] }
        let headers = email.headers.sorted { $0.key < $1.key }
            .map { ["Name": .string($0.key), "Value": .string($0.value)] as JSON }
        var parameters: [String: JSON] = [
            "FromEmailAddress": .string(email.from), "Destination": ["ToAddresses": JSON(email.to)],
            "Content": [
                "Simple": .members([
                    "Subject": content(email.subject),
                    "Body": ["Text": content(email.text), "Html": content(email.html)],
                    "Headers": headers.isEmpty ? nil : .array(headers),
                ])
            ],
        ]
        if let set = email.configurationSet { parameters["ConfigurationSetName"] = .string(set) }
        return MessageRequest(
            .sendEmail, parameters, binding: RESTBinding(method: "POST", path: "v2/email/outbound-emails"),
            isIdempotent: false)
    }
}

public struct SendEmailAnswer: Decodable, Sendable {
    public var messageID: String?
}
