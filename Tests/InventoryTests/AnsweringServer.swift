import AWSClient
import Foundation
import Inventory
import Synchronization
import TestSupport

/// An AWS that answers from a closure over what is asked, and counts how often each question came.
final class AnsweringServer: Sendable {
    /// The operation as `service:Name`, the access key of the caller, and the body of the request.
    typealias Answer = @Sendable (_ operation: WireOperation, _ caller: String, _ body: String) -> HTTPResponse

    private let server: TestServer
    private let questions: CountedQuestions

    init(_ answer: @escaping Answer) async throws {
        let questions = CountedQuestions()
        self.questions = questions
        server = try await TestServer.start { request in
            guard let operation = WireOperation(request) else { return .hangUp }
            let caller = request[header: "Authorization"]?.split(separator: "Credential=").last?.prefix { $0 != "/" }
            let body = String(decoding: request.body, as: UTF8.self)
            questions.count("\(caller ?? "") \(operation) \(body)")
            return .answer(answer(operation, String(caller ?? ""), body))
        }
    }

    /// How often each operation was asked by each caller, whatever about: `caller service:Name`.
    var asked: [String: Int] { questions.byOperation }
    /// How often the most frequent question was asked.
    var mostRepeated: Int { questions.mostRepeated }

    func client(as caller: String) -> Client {
        var configuration = ClientConfiguration()
        configuration.timeout = .seconds(300)
        configuration.retry.maximumAttempts = 2
        configuration.sleep = { _ in }
        return Client(
            credentials: StaticCredentials(Credentials(accessKeyID: caller, secretAccessKey: "testing")),
            endpoints: EndpointResolver(EndpointSettings(endpointURL: server.endpoint)),
            transport: AsyncHTTPTransport(isPatient: true), configuration: configuration,
            budget: RateBudget { _ in RateLimit(perSecond: 1e6, burst: 1e6) })
    }

    func account(
        _ id: String, caller: String, facets: Set<Facet>, buckets: [String] = [], keys: [String] = [],
        users: Set<String> = [],
        organization: OrganizationDirectory? = nil, warn: @escaping @Sendable (String) -> Void = { _ in }
    ) async -> Account {
        let collector = Collector(
            client: client(as: caller), accountID: id, partition: "aws", baseRegion: "us-east-1", facets: facets,
            buckets: buckets, keys: keys, usersToName: { _ in users }, organization: organization, sleep: { _ in },
            warn: warn)
        return await collector.collect(regions: .known(["us-east-1"]), at: Date(timeIntervalSince1970: 0))
    }
}

private final class CountedQuestions: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ question: String) {
        counts.withLock { $0[question, default: 0] += 1 }
    }

    var byOperation: [String: Int] {
        counts.withLock { counts in
            counts.reduce(into: [:]) { sums, entry in
                sums[entry.key.split(separator: " ").prefix(2).joined(separator: " "), default: 0] += entry.value
            }
        }
    }

    var mostRepeated: Int { counts.withLock { $0.values.max() ?? 0 } }
}
