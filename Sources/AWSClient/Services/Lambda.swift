extension Service {
    public static let lambda = Service(
        endpointPrefix: "lambda", signingName: "lambda", environmentName: "LAMBDA", wireProtocol: .restJSON)
}

extension Operation {
    public static let listFunctions = Operation(.lambda, "ListFunctions")
}

/// AWS Lambda, as far as it is used. Source of the shapes: the AWS Lambda API Reference.
public enum Lambda {
    /// Lists every function of the region, without its other versions.
    public static func listFunctions<Function>() -> ReadRequest<ListFunctionsAnswer<Function>> {
        ReadRequest(
            .listFunctions, binding: RESTBinding(path: "2015-03-31/functions"),
            paging: Paging("Marker") { $0.nextMarker })
    }
}

public struct ListFunctionsAnswer<Function: Decodable & Sendable>: Decodable, Sendable {
    public var functions: [Function]
    public var nextMarker: String?
}
