import Basics

extension Service {
    public static let sns = Service(
        endpointPrefix: "sns", signingName: "sns", environmentName: "SNS",
        wireProtocol: .query(apiVersion: "2010-03-31"))
}

extension Operation {
    public static let publish = Operation(.sns, "Publish")
}

/// Amazon SNS, as far as it is used. Source of the shapes and limits: the Amazon SNS API Reference, `Publish`.
public enum SNS {
    /// Longest message of all forms together, in bytes.
    public static let maximumMessageBytes = 256 << 10
    /// Longest subject, in ASCII characters.
    public static let maximumSubjectLength = 100

    /// A value by which subscribers filter messages.
    public enum Attribute: Sendable, Hashable {
        case text(String)
        case texts([String])
    }

    /// Sends a message to the subscribers of a topic.
    /// - Parameters:
    ///   - topic: the ARN of the topic.
    ///   - messages: the message by protocol, such as `email`; `default` is required.
    ///   - deduplicationID: the key by which a FIFO topic drops a repeated message within five minutes. Another topic
    ///     delivers a message again if it is sent again.
    public static func publish(
        to topic: String, subject: String, messages: [String: String], attributes: [String: Attribute],
        deduplicationID: String
    ) -> MessageRequest<PublishAnswer> {
        var parameters: [String: JSON] = [
            "TopicArn": .string(topic), "Subject": .string(subject), "MessageStructure": "json",
            "Message": .string(JSON.object(JSON.Object(messages.mapValues(JSON.string))).description),
        ]
        var entries = JSON.Object()
        for (place, attribute) in attributes.sorted(by: { $0.key < $1.key }).enumerated() {
            let value: JSON =
                switch attribute.value {
                case .text(let text): ["DataType": "String", "StringValue": .string(text)]
                case .texts(let texts):
                    ["DataType": "String.Array", "StringValue": .string(JSON(texts).description)]
                }
            entries["\(place + 1)"] = ["Name": .string(attribute.key), "Value": value]
        }
        if !entries.isEmpty { parameters["MessageAttributes"] = ["entry": .object(entries)] }
        let isFIFO = topic.hasSuffix(".fifo")
        if isFIFO {
            parameters["MessageGroupId"] = "parapet"
            parameters["MessageDeduplicationId"] = .string(deduplicationID)
        }
        return MessageRequest(.publish, parameters, isIdempotent: isFIFO)
    }
}

public struct PublishAnswer: Decodable, Sendable {
    public var messageID: String
}
