extension Service {
    public static let lambda = Service(
        endpointPrefix: "lambda", signingName: "lambda", environmentName: "LAMBDA", wireProtocol: .restJSON)
}

extension Operation {
    public static let listFunctions = Operation(.lambda, "ListFunctions")
}

/// AWS Lambda, as far as it is used. Source of the shapes: the AWS Lambda API Reference.
public enum Lambda {
    /// Every function of the region, without the versions of each.
    public static func listFunctions() -> ReadRequest<ListFunctionsAnswer> {
        ReadRequest(
            .listFunctions, binding: RESTBinding(path: "2015-03-31/functions"),
            paging: Paging("Marker") { $0.nextMarker })
    }
}

public struct ListFunctionsAnswer: Decodable, Sendable {
    public var functions: [Function]
    public var nextMarker: String?

    enum CodingKeys: String, CodingKey {
        case functions = "Functions"
        case nextMarker = "NextMarker"
    }

    public struct Function: Decodable, Sendable {
        public var arn: String
        /// The ARN of the execution role.
        public var role: String?

        enum CodingKeys: String, CodingKey {
            case arn = "FunctionArn"
            case role = "Role"
        }
    }
}
