import Basics

extension Service {
    public static let sqs = Service(
        endpointPrefix: "sqs", signingName: "sqs", environmentName: "SQS",
        wireProtocol: .awsJSON(version: "1.0", targetPrefix: "AmazonSQS"))
}

extension Operation {
    public static let receiveMessage = Operation(.sqs, "ReceiveMessage")
    public static let deleteMessageBatch = Operation(.sqs, "DeleteMessageBatch", permission: "sqs:DeleteMessage")
    public static let changeMessageVisibilityBatch = Operation(
        .sqs, "ChangeMessageVisibilityBatch", permission: "sqs:ChangeMessageVisibility")
    public static let getQueueAttributes = Operation(.sqs, "GetQueueAttributes")
}

/// Amazon SQS, as far as it is used. Source of the shapes: the Amazon SQS API Reference.
public enum SQS {
    /// The greatest number of messages in one call.
    public static let batch = 10

    /// Receives up to 10 messages. They are hidden from other receivers for a time.
    /// - Parameters:
    ///   - wait: how long to wait for a message, in seconds, at most 20.
    ///   - visibility: how long the messages are hidden, in seconds.
    public static func receiveMessage(
        _ queue: String, maximum: Int = batch, wait: Int, visibility: Int
    ) -> MessageRequest<ReceiveMessageAnswer> {
        MessageRequest(
            .receiveMessage,
            [
                "QueueUrl": .string(queue), "MaxNumberOfMessages": .int(min(max(1, maximum), batch)),
                "WaitTimeSeconds": .int(min(max(0, wait), 20)), "VisibilityTimeout": .int(visibility),
                "MessageSystemAttributeNames": ["ApproximateReceiveCount", "SentTimestamp"],
            ], isIdempotent: true)
    }

    /// Deletes up to 10 messages. The answer names those that were not deleted.
    public static func deleteMessages(_ queue: String, _ receipts: [String]) -> MessageRequest<MessageBatchAnswer> {
        MessageRequest(
            .deleteMessageBatch, ["QueueUrl": .string(queue), "Entries": entries(receipts)], isIdempotent: true)
    }

    /// Sets for how long up to 10 messages are hidden from now on; 0 gives them back.
    public static func changeVisibility(
        _ queue: String, _ receipts: [String], seconds: Int
    ) -> MessageRequest<MessageBatchAnswer> {
        MessageRequest(
            .changeMessageVisibilityBatch,
            ["QueueUrl": .string(queue), "Entries": entries(receipts, ["VisibilityTimeout": .int(seconds)])],
            isIdempotent: true)
    }

    /// The approximate numbers of messages that wait and that are being worked on.
    public static func queueCounts(_ queue: String) -> ReadRequest<QueueCountsAnswer> {
        ReadRequest(
            .getQueueAttributes,
            [
                "QueueUrl": .string(queue),
                "AttributeNames": ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
            ])
    }

    /// The entries of a batch; each is identified by its place.
    private static func entries(_ receipts: [String], _ more: [String: JSON] = [:]) -> JSON {
        .array(
            receipts.enumerated().map { place, receipt in
                .object(
                    JSON.Object(
                        more.merging(["Id": .string("\(place)"), "ReceiptHandle": .string(receipt)]) { own, _ in own }))
            })
    }
}

public struct ReceiveMessageAnswer: Decodable, Sendable {
    public var messages: [QueueMessage]?
}

public struct QueueMessage: Decodable, Sendable {
    public var messageID: String
    /// Identifies this receipt of the message; it changes with each receipt.
    public var receiptHandle: String
    public var body: String
    public var attributes: [String: String]?

    private enum CodingKeys: String, CodingKey {
        case messageID = "MessageId"
        case receiptHandle = "ReceiptHandle"
        case body = "Body"
        case attributes = "Attributes"
    }

    /// How often the message was received, this time included.
    public var receiveCount: Int { attributes?["ApproximateReceiveCount"].flatMap { Int($0) } ?? 1 }
    /// The time at which it was sent, in milliseconds since 1970.
    public var sent: Int? { attributes?["SentTimestamp"].flatMap { Int($0) } }
}

/// The answer to a batch. Its status is 200 even if entries failed.
public struct MessageBatchAnswer: Decodable, Sendable {
    public var failed: [Entry]?

    public struct Entry: Decodable, Sendable {
        public var id: String
        public var code: String?
        public var message: String?
    }

    /// The places of the entries that failed, and why.
    public var failures: [(place: Int, why: String)] {
        (failed ?? []).map { (Int($0.id) ?? -1, $0.message ?? $0.code ?? "no reason given") }
    }
}

public struct QueueCountsAnswer: Decodable, Sendable {
    public var attributes: [String: String]?

    public var waiting: Int? { attributes?["ApproximateNumberOfMessages"].flatMap { Int($0) } }
    public var underWay: Int? { attributes?["ApproximateNumberOfMessagesNotVisible"].flatMap { Int($0) } }
}
