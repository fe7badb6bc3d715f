import Basics
import FoundationEssentials

extension Decodable {
    /// Decodes a JSON answer as AWS sends it and the AWS CLI prints it: member names match case-insensitively.
    /// - Throws: if the bytes are not such an answer.
    public init(answer bytes: [UInt8]) throws {
        try self.init(from: JSONTreeDecoder(value: try JSON(parsing: bytes)))
    }
}

/// Decodes answers and errors of each wire protocol.
enum AnswerDecoder {
    /// - Throws: if the body is not the operation's answer.
    static func decode<Output: Decodable>(_ response: HTTPResponse, of request: some Request<Output>) throws -> Output {
        if Output.self == TextAnswer.self {
            guard let text = String(validating: response.body, as: UTF8.self), !text.isEmpty else {
                throw AnswerError(description: "the answer is no text")
            }
            return try cast(TextAnswer(text: text))
        }
        if Output.self == EmptyAnswer.self { return try cast(EmptyAnswer()) }
        if Output.self == ObjectAnswer.self { return try cast(ObjectAnswer(response)) }
        if Output.self == RawAnswer.self { return try cast(RawAnswer(response, of: request)) }
        switch request.operation.service.wireProtocol {
        case .awsJSON, .restJSON:
            return try Output(answer: response.body)
        case .query:
            let tree = try XMLTree(parsing: response.body)
            let name = request.operation.name
            try expect(tree, root: ["\(name)Response"])
            guard let result = tree.child(of: tree.root, named: "\(name)Result") else {
                throw AnswerError(description: "the answer has no \(name)Result")
            }
            return try Output(from: XMLTreeDecoder(tree: tree, element: result))
        case .ec2:
            let tree = try XMLTree(parsing: response.body)
            try expect(tree, root: ["\(request.operation.name)Response"])
            return try Output(from: XMLTreeDecoder(tree: tree, element: tree.root))
        case .restXML:
            let tree = try XMLTree(parsing: response.body)
            if !request.answerElements.isEmpty { try expect(tree, root: request.answerElements) }
            return try Output(from: XMLTreeDecoder(tree: tree, element: tree.root))
        }
    }

    /// Returns AWS's error code and message, from any of its error formats.
    static func error(_ response: HTTPResponse, of operation: Operation) -> ServiceError {
        let requestID = response[header: "x-amzn-requestid"] ?? response[header: "x-amz-request-id"]
        let read: ServiceError? =
            switch operation.service.wireProtocol {
            // A gateway in front of a JSON service can answer in XML.
            case .awsJSON, .restJSON: jsonError(response) ?? xmlError(response)
            case .query, .ec2, .restXML: xmlError(response)
            }
        var error = read ?? ServiceError(code: "HTTP\(response.status)", message: "no reason given")
        // EC2 appends a long text to an error that only `sts:DecodeAuthorizationMessage` can decode.
        if let encoded = error.message.firstRange(of: "Encoded authorization failure message") {
            let plain = error.message[..<encoded.lowerBound]
            error.message = String(
                plain[..<(plain.lastIndex { !$0.isWhitespace }.map(plain.index(after:)) ?? plain.startIndex)])
        }
        error.requestID = error.requestID ?? requestID
        return error
    }

    private static func jsonError(_ response: HTTPResponse) -> ServiceError? {
        struct Body: Decodable {
            var __type: String?
            var code: String?
            var message: String?
        }
        let value = try? JSON(parsing: response.body)
        let body = value.flatMap { try? Body(from: JSONTreeDecoder(value: $0)) }
        guard let name = response[header: "x-amzn-errortype"] ?? body?.__type ?? body?.code else { return nil }
        // The full form is `namespace#Code:http://…`.
        let code = name.split(separator: ":").first?.split(separator: "#").last.map(String.init) ?? name
        return ServiceError(code: code, message: body?.message ?? "no reason given")
    }

    private static func xmlError(_ response: HTTPResponse) -> ServiceError? {
        guard let tree = try? XMLTree(parsing: response.body) else { return nil }
        let errors = tree.child(of: tree.root, named: "Errors") ?? tree.root
        let error = tree.child(of: errors, named: "Error") ?? errors
        func text(_ name: String, of element: Int) -> String? {
            tree.child(of: element, named: name).map(tree.string)
        }
        guard let code = text("Code", of: error) else { return nil }
        return ServiceError(
            code: code, message: text("Message", of: error) ?? "no reason given",
            requestID: text("RequestId", of: tree.root) ?? text("RequestID", of: tree.root))
    }

    static func expect(_ tree: XMLTree, root names: [String]) throws {
        guard names.contains(tree.nodes[tree.root].name) else {
            throw AnswerError(description: "the answer is a \(tree.nodes[tree.root].name), not a \(names[0])")
        }
    }

    private static func cast<Value, Output>(_ value: Value) throws -> Output {
        guard let output = value as? Output else { throw AnswerError(description: "not a \(Output.self)") }
        return output
    }
}

/// An error with AWS's code and message.
struct ServiceError {
    var code: String
    var message: String
    var requestID: String?
}

/// An answer of another shape than the operation's.
struct AnswerError: Error, CustomStringConvertible {
    var description: String
}
