import Basics
import Foundation
import Testing
import TestSupport

@testable import AWSClient

/// The second opinion on signatures: `Tests/Support/python/sign_fixtures.py` wrote what botocore signs.
@Suite struct SigningTests {
    struct Fixtures: Decodable {
        var cases: [Case]
    }

    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        var name: String
        var method: String
        var url: String
        var path: String
        var query: [[String]]
        var headers: [[String]]
        var body: String
        var region: String
        var service: String
        var timestamp: String
        var credentials: Keys
        var expected: Expected

        struct Keys: Decodable {
            var accessKey: String
            var secretKey: String
            var sessionToken: String?
        }

        struct Expected: Decodable {
            var authorization: String
            var canonicalRequest: String
            var addedHeaders: [String: String]
        }

        var testDescription: String { name }
    }

    static let cases: [Case] = {
        let file = Repository.file("Tests/AWSClientTests/Fixtures/signing.json")
        return (try? JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: file)).cases) ?? []
    }()

    @Test func thereAreFixtures() {
        #expect(Self.cases.count >= 50)
    }

    @Test(arguments: cases)
    func signsAsBotocoreDoes(_ fixture: Case) throws {
        let request = try #require(HTTPRequest(fixture))
        let signer = RequestSigner(
            credentials: Credentials(
                accessKeyID: fixture.credentials.accessKey, secretAccessKey: fixture.credentials.secretKey,
                sessionToken: fixture.credentials.sessionToken),
            region: fixture.region, service: fixture.service)
        let digits = Array(fixture.timestamp)
        let iso =
            String(digits[0..<4]) + "-" + String(digits[4..<6]) + "-" + String(digits[6..<11]) + ":"
            + String(digits[11..<13]) + ":" + String(digits[13..<16])
        let signed = signer.sign(request, at: try #require(Moment(answer: iso)?.date))

        #expect(signer.canonicalRequest(signed) == fixture.expected.canonicalRequest)
        #expect(signed[header: "Authorization"] == fixture.expected.authorization)
        for (name, value) in fixture.expected.addedHeaders {
            #expect(signed[header: name] == value)
        }
    }

    @Test func aRequestSignedTwiceBearsOneSignature() {
        let signer = RequestSigner(
            credentials: Credentials(accessKeyID: "AKID", secretAccessKey: "secret"), region: "us-east-1", service: "s3"
        )
        let once = signer.sign(HTTPRequest(host: "s3.amazonaws.com"), at: Date(timeIntervalSince1970: 0))
        let twice = signer.sign(once, at: Date(timeIntervalSince1970: 0))
        #expect(once == twice)
    }

    @Test func credentialsNeverPrintTheirSecrets() {
        let credentials = Credentials(accessKeyID: "AKID", secretAccessKey: "s3cr3t", sessionToken: "t0k3n")
        for text in ["\(credentials)", String(reflecting: credentials)] {
            #expect(!text.contains("s3cr3t") && !text.contains("t0k3n"))
        }
    }
}

extension HTTPRequest {
    fileprivate init?(_ fixture: SigningTests.Case) {
        let scheme = fixture.url.hasPrefix("https") ? "https" : "http"
        let rest = fixture.url.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        var host = String(authority)
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = String(authority[..<colon])
            port = Int(authority[authority.index(after: colon)...])
        }
        guard let body = Data(base64Encoded: fixture.body) else { return nil }
        self.init(
            method: fixture.method, scheme: scheme, host: host, port: port,
            // As it is sent: encoded.
            path: String(rest.dropFirst(authority.count).prefix { $0 != "?" }),
            query: fixture.query.map { .init($0[0], $0[1]) }, headers: fixture.headers.map { .init($0[0], $0[1]) },
            body: Array(body))
    }
}
