import Basics

extension Service {
    public static let athena = Service(
        endpointPrefix: "athena", signingName: "athena", environmentName: "ATHENA",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "AmazonAthena"))
}

extension Operation {
    public static let startQueryExecution = Operation(.athena, "StartQueryExecution")
    public static let getQueryExecution = Operation(.athena, "GetQueryExecution")
    public static let getQueryResults = Operation(.athena, "GetQueryResults")
    public static let stopQueryExecution = Operation(.athena, "StopQueryExecution")
    public static let getWorkGroup = Operation(.athena, "GetWorkGroup")
}

/// Amazon Athena, as far as it is used. Source of the shapes: the Amazon Athena API Reference.
public enum Athena {
    /// Starts a query. It changes no configuration, unless the statement does. Idempotent, because of the token.
    /// - Parameters:
    ///   - token: 32 to 128 characters; the same token starts one query only.
    ///   - database: the database of names without one; `nil` if the statement names it.
    ///   - output: `s3://bucket/prefix/` for the results; `nil` if the workgroup has a location or keeps results itself.
    public static func startQueryExecution(
        _ statement: String, token: String, workGroup: String, database: String?, output: String?
    ) -> MessageRequest<StartQueryExecutionAnswer> {
        var parameters: [String: JSON] = [
            "QueryString": .string(statement), "ClientRequestToken": .string(token), "WorkGroup": .string(workGroup),
        ]
        if let database { parameters["QueryExecutionContext"] = ["Database": .string(database)] }
        if let output { parameters["ResultConfiguration"] = ["OutputLocation": .string(output)] }
        return MessageRequest(.startQueryExecution, parameters, isIdempotent: true)
    }

    public static func getQueryExecution(_ id: String) -> ReadRequest<GetQueryExecutionAnswer> {
        ReadRequest(.getQueryExecution, ["QueryExecutionId": .string(id)])
    }

    /// A page of the result, at most 1,000 rows. The first row of the first page has the columns' names.
    /// - Parameter token: where the page begins; `nil` for the first page.
    public static func getQueryResults(_ id: String, after token: String?) -> ReadRequest<GetQueryResultsAnswer> {
        var parameters: [String: JSON] = ["QueryExecutionId": .string(id), "MaxResults": 1_000]
        if let token { parameters["NextToken"] = .string(token) }
        return ReadRequest(.getQueryResults, parameters)
    }

    /// Stops a query. Idempotent: a stopped query stays stopped.
    public static func stopQueryExecution(_ id: String) -> MessageRequest<EmptyAnswer> {
        MessageRequest(.stopQueryExecution, ["QueryExecutionId": .string(id)], isIdempotent: true)
    }

    public static func getWorkGroup(_ name: String) -> ReadRequest<GetWorkGroupAnswer> {
        ReadRequest(.getWorkGroup, ["WorkGroup": .string(name)])
    }
}

public struct StartQueryExecutionAnswer: Decodable, Sendable {
    public var queryExecutionID: String
}

public struct GetQueryExecutionAnswer: Decodable, Sendable {
    public var queryExecution: QueryExecution

    public struct QueryExecution: Decodable, Sendable {
        public var status: Status
        public var statistics: Statistics?

        public init(status: Status, statistics: Statistics?) {
            self.status = status
            self.statistics = statistics
        }
    }

    public struct Status: Decodable, Sendable {
        /// `QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED` or `CANCELLED`.
        public var state: String
        public var stateChangeReason: String?
        public var athenaError: QueryError?

        public init(state: String, stateChangeReason: String? = nil, athenaError: QueryError? = nil) {
            self.state = state
            self.stateChangeReason = stateChangeReason
            self.athenaError = athenaError
        }
    }

    public struct QueryError: Decodable, Sendable {
        /// Whether the same query can succeed if it is started again.
        public var retryable: Bool?
        public var errorMessage: String?

        public init(retryable: Bool?, errorMessage: String? = nil) {
            self.retryable = retryable
            self.errorMessage = errorMessage
        }
    }

    public struct Statistics: Decodable, Sendable {
        public var dataScannedInBytes: Int?

        public init(dataScannedInBytes: Int?) {
            self.dataScannedInBytes = dataScannedInBytes
        }
    }
}

public struct GetQueryResultsAnswer: Decodable, Sendable {
    public var resultSet: ResultSet
    public var nextToken: String?

    public struct ResultSet: Decodable, Sendable {
        public var rows: [Row]
    }

    public struct Row: Decodable, Sendable {
        public var data: [Datum]?
    }

    public struct Datum: Decodable, Sendable {
        /// `nil` for NULL.
        public var varCharValue: String?
    }
}

public struct GetWorkGroupAnswer: Decodable, Sendable {
    public var workGroup: WorkGroup

    public struct WorkGroup: Decodable, Sendable {
        /// `ENABLED` or `DISABLED`.
        public var state: String?
        public var configuration: Configuration?
    }

    public struct Configuration: Decodable, Sendable {
        public var resultConfiguration: ResultConfiguration?
        /// Whether the workgroup's settings replace those of each query.
        public var enforceWorkGroupConfiguration: Bool?
        /// A query is cancelled when it has scanned as many bytes.
        public var bytesScannedCutoffPerQuery: Int?
        public var managedQueryResultsConfiguration: ManagedResults?
    }

    public struct ResultConfiguration: Decodable, Sendable {
        public var outputLocation: String?
    }

    public struct ManagedResults: Decodable, Sendable {
        public var enabled: Bool?
    }
}
