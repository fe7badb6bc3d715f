import Foundation
import TestSupport
import Testing

@testable import AWSClient
@testable import Basics

/// TLS and proxies over real sockets.
@Suite struct NetworkTests {
    private func settings(_ variables: [String: String] = [:], files: [String: String] = [:]) async throws
        -> NetworkSettings
    {
        let environment = AWSEnvironment(
            variables: variables, homeDirectory: "/home/ann",
            readFile: { path in
                try files[path].map { Array($0.utf8) } ?? PrivateFile.contents(of: path)
            }, now: { Date() })
        return try NetworkSettings(environment, try SharedConfiguration(environment), profile: "default")
    }

    private func get(
        _ host: String, _ port: Int?, scheme: String = "https", _ network: NetworkSettings
    ) async -> Result<String, TransportError> {
        let transport = AsyncHTTPTransport(network: network)
        let request = HTTPRequest(scheme: scheme, host: host, port: port)
        do throws(TransportError) {
            let answer = try await transport.send(request, timeout: .seconds(60), maximumBodyBytes: 1 << 20)
            return .success(String(decoding: answer.body, as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    private func error(_ result: Result<String, TransportError>) -> TransportError? {
        if case .failure(let error) = result { error } else { nil }
    }

    // MARK: TLS

    @Test func aServerIsTrustedByTheBundle() async throws {
        let stage = try await TLSStage.shared.value
        let trusting = try await settings(["AWS_CA_BUNDLE": stage.authority])
        #expect(await get("localhost", stage["sound"], trusting) == .success("hello"))
        #expect(await get("127.0.0.1", stage["sound"], trusting) == .success("hello"))
    }

    @Test(
        "an untrusted server is named with the reason and what to do",
        arguments: [
            ("expired", "its certificate expired at 20", "clock"),
            ("future", "its certificate is not valid before 20", "clock"),
            ("other", "its certificate is for other names", "address"),
            ("stranger", "no certificate authority in AWS_CA_BUNDLE (", "add the authority's certificate"),
            ("old", "it speaks no TLS of version 1.2 or later", "update"),
            ("plain", "it does not speak TLS", "http://"),
        ])
    func untrusted(server: String, why: String, advice: String) async throws {
        let stage = try await TLSStage.shared.value
        for variables in [[:], ["HTTPS_PROXY": "127.0.0.1:\(stage["open"])"]] {
            let network = try await settings(variables.merging(["AWS_CA_BUNDLE": stage.authority]) { $1 })
            let error = error(await get("localhost", stage[server], network))
            #expect(error?.kind == .untrusted)
            let text = error?.description ?? ""
            #expect(text.hasPrefix("no connection to localhost:\(stage[server]): \(why)"), "\(text)")
            #expect(error?.advice?.contains(advice) == true, "\(error?.advice ?? "")")
            expectPlain(text + (error?.advice ?? ""))
        }
    }

    /// No names of libraries, and no paths of their sources.
    private func expectPlain(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for part in ["NIO", "SSL", "Error", ".c:", ".cc:", "checkouts", "\n"] {
            #expect(!text.contains(part), "\(text)", sourceLocation: sourceLocation)
        }
    }

    @Test func withoutABundleTheSystemsAuthoritiesCount() async throws {
        let stage = try await TLSStage.shared.value
        let error = error(await get("localhost", stage["sound"], try await settings()))
        #expect(error?.kind == .untrusted)
        #expect(error?.description.contains("no certificate authority that this machine trusts") == true)
        #expect(error?.advice?.contains("AWS_CA_BUNDLE") == true)
    }

    @Test func aCallToAnUntrustedServerIsMadeOnceAndSaysWhatToDo() async throws {
        let stage = try await TLSStage.shared.value
        let client = Client(
            credentials: StaticCredentials(Credentials(accessKeyID: "AKID", secretAccessKey: "secret")),
            endpoints: EndpointResolver(
                EndpointSettings(endpointURL: "https://localhost:\(stage["sound"])")),
            transport: AsyncHTTPTransport())
        let error = await #expect(throws: AWSError.self) {
            try await client.send(STS.getCallerIdentity(), in: "us-east-1")
        }
        #expect(error?.attempts == 1)
        let failure = try Failure("AWS does not answer", #require(error))
        #expect(failure.advice.contains("AWS_CA_BUNDLE"))
        expectPlain(failure.description)
    }

    // MARK: Bundles

    @Test func theBundleIsChosenAsBotocoreDoes() async throws {
        let stage = try await TLSStage.shared.value
        let pem = try String(contentsOfFile: stage.authority, encoding: .utf8)
        let files = [
            "/a.pem": pem, "/home/ann/b.pem": pem, "/c.pem": pem,
            "/home/ann/.aws/config": "[default]\nca_bundle = ~/b.pem\n",
        ]
        func name(_ variables: [String: String], _ files: [String: String]) async throws -> String? {
            try await settings(variables, files: files).authorities?.name
        }
        #expect(
            try await name(["AWS_CA_BUNDLE": "/a.pem", "REQUESTS_CA_BUNDLE": "/c.pem"], files)
                == "AWS_CA_BUNDLE (/a.pem)")
        #expect(try await name(["REQUESTS_CA_BUNDLE": "/c.pem"], files)?.hasPrefix("ca_bundle of the profile") == true)
        #expect(
            try await name(["REQUESTS_CA_BUNDLE": "/c.pem"], ["/c.pem": pem]) == "REQUESTS_CA_BUNDLE (/c.pem)")
        #expect(try await name(["AWS_CA_BUNDLE": ""], [:]) == nil, "botocore would trust everyone")
    }

    @Test(arguments: [
        ("/none.pem", "there is no such file"), ("/empty.pem", "no certificate"), ("/text.pem", "no certificate"),
        ("/cut.pem", "no certificate"), ("/", "directory"),
    ])
    func aBundleThatCannotBeReadIsAFailure(path: String, why: String) async throws {
        let stage = try await TLSStage.shared.value
        let pem = try String(contentsOfFile: stage.authority, encoding: .utf8)
        let files = [
            "/empty.pem": "", "/text.pem": "hello\u{0}\u{FFFD}\n-----BEGIN CERTIFICATE-----\n",
            "/cut.pem": String(pem.prefix(pem.count / 2)),
        ]
        let failure = await #expect(throws: Failure.self) {
            try await settings(["AWS_CA_BUNDLE": path], files: files)
        }
        #expect(failure?.what == "the certificate authorities of AWS_CA_BUNDLE cannot be used")
        #expect(failure?.why.lowercased().contains(why) == true, "\(failure?.why ?? "")")
    }

    // MARK: Proxies

    @Test func requestsGoThroughTheProxyOfTheirScheme() async throws {
        let stage = try await TLSStage.shared.value
        let network = try await settings([
            "AWS_CA_BUNDLE": stage.authority, "HTTPS_PROXY": "http://ann:p%40ss%3Aword@127.0.0.1:\(stage["guarded"])",
            "http_proxy": "127.0.0.1:\(stage["open"])", "NO_PROXY": "127.0.0.1",
        ])
        #expect(await get("sts.us-east-1.amazonaws.com", nil, network) == .success("hello"))
        #expect(await get("plain.invalid", stage["plain"], scheme: "http", network) == .success("hello"))
        func seen(_ proxy: String) async throws -> String {
            let request = HTTPRequest(scheme: "http", host: "127.0.0.1", port: stage[proxy], path: "/seen")
            let answer = try await AsyncHTTPTransport().send(
                request, timeout: .seconds(60), maximumBodyBytes: 1 << 20)
            return String(decoding: answer.body, as: UTF8.self)
        }
        let login = Data("ann:p@ss:word".utf8).base64EncodedString()
        #expect(try await seen("guarded").contains("CONNECT sts.us-east-1.amazonaws.com:443 Basic \(login)"))
        #expect(try await seen("open").contains("CONNECT plain.invalid:\(stage["plain"]) -"))
    }

    @Test(arguments: [
        ("guarded", "", "requires a user and a password"), ("guarded", "ann:wrong-password@", "requires a user"),
        ("closed", "ann:wrong-password@", "refuses it"), ("none", "ann:wrong-password@", "cannot be reached"),
    ])
    func aProxyThatDoesNotHelpIsNamedWithoutItsPassword(proxy: String, login: String, why: String) async throws {
        let stage = try await TLSStage.shared.value
        let port = proxy == "none" ? 9 : stage[proxy]
        let network = try await settings(["HTTPS_PROXY": "http://\(login)127.0.0.1:\(port)"])
        let error = error(await get("sts.us-east-1.amazonaws.com", nil, network))
        let text = (error?.description ?? "") + (error?.advice ?? "")
        #expect(text.contains("the proxy 127.0.0.1:\(port) \(why)"), "\(text)")
        #expect(text.contains("HTTPS_PROXY"))
        #expect(!text.contains("wrong-password"))
        expectPlain(text)
    }

    @Test func metadataServicesAreAskedWithoutAProxy() async throws {
        let network = try await settings(["HTTP_PROXY": "http://proxy:1", "HTTPS_PROXY": "http://proxy:1"])
        let stage = CredentialStage { _ in answer("", status: 500) }
        let environment = stage.environment([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://agent/role", "AWS_REGION": "us-east-1",
        ])
        _ = try? await ContainerCredentials(environment: environment, transport: stage).credentials()
        _ = try? await InstanceMetadata(
            environment, try SharedConfiguration(environment), profile: "default", transport: stage
        ).region()
        #expect(Set(stage.requests.map(\.host)) == ["agent", "169.254.169.254"])
        #expect(stage.requests.allSatisfy { network.proxies.proxy(for: $0) == nil })
    }

    @Test(arguments: [
        "socks5://host:1", "https://host:1", "http://ann:SECRETKEY@", "http://:80", "http://host:0", "host:99999",
        "http://ann:SECRETKEY@ho st", "://", "http://[::1", "ann:SECRETKEY@host:port",
    ])
    func anAddressThatIsNoProxyIsAFailureWithoutItsPassword(text: String) {
        let failure = #expect(throws: Failure.self) { try ProxySettings(["HTTPS_PROXY": text]) }
        #expect(failure?.what == "the proxy in HTTPS_PROXY cannot be used")
        #expect(failure?.description.contains("SECRETKEY") == false, "\(failure?.description ?? "")")
    }

    /// Environments and addresses, for our rules and botocore's.
    private static let cases: [(variables: [String: String], urls: [String])] = {
        let urls = [
            "https://s3.us-east-1.amazonaws.com", "https://s3.us-east-1.amazonaws.com:8443", "http://localhost:5000",
            "https://[::1]:8443", "https://[::1]", "http://10.0.0.7", "https://amazonaws.com", "https://Example.COM",
            "https://notamazonaws.com", "http://169.254.169.254",
        ]
        let both = ["HTTPS_PROXY": "http://upper:1", "HTTP_PROXY": "upper:2"]
        let lists = [
            "", "*", " *", "*,x", "amazonaws.com", ".amazonaws.com", "..amazonaws.com", "*.amazonaws.com",
            "AMAZONAWS.COM", " s3.us-east-1.amazonaws.com , localhost", "s3.us-east-1.amazonaws.com:8443",
            "localhost:5000", "localhost:5001", "::1", "[::1]", "[::1]:8443", "10.0.0.0/8", "10.0.0.7", ".7", ".", ",",
            "example.com", "169.254.169.254", "1.amazonaws.com",
        ]
        var cases = lists.map { (both.merging(["NO_PROXY": $0]) { $1 }, urls) }
        cases += [
            ([:], urls), (["ALL_PROXY": "http://all:1"], urls), (["https_proxy": "lower:1"], urls),
            (both.merging(["https_proxy": "lower:1"]) { $1 }, urls), (both.merging(["https_proxy": ""]) { $1 }, urls),
            (both.merging(["no_proxy": "localhost", "NO_PROXY": "amazonaws.com"]) { $1 }, urls),
            (both.merging(["no_proxy": "", "NO_PROXY": "amazonaws.com"]) { $1 }, urls),
            (both.merging(["REQUEST_METHOD": "GET"]) { $1 }, urls),
            (["http_proxy": "lower:2", "REQUEST_METHOD": "GET"], urls), (["Https_Proxy": "mixed:1"], urls),
            (["HTTPS_PROXY": "//slashes:1"], urls), (["HTTPS_PROXY": "http://host"], urls),
        ]
        return cases
    }()

    @Test func botocoreChoosesTheSameProxy() async throws {
        let input = try Self.cases.map { try JSONSerialization.data(withJSONObject: [$0.variables, $0.urls]) }
            .map { String(decoding: $0, as: UTF8.self) }
        let outcome = try await Subprocess.python(
            "Tests/Support/python/proxy_opinions.py", ["[\(input.joined(separator: ","))]"])
        let opinions = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [[String]],
            "\(outcome.standardError)")
        try #require(opinions.count == Self.cases.count)
        for (opinion, (variables, urls)) in zip(opinions, Self.cases) {
            let settings = try ProxySettings(variables)
            let ours = try urls.map { text in
                let url = try EndpointURL(text, from: "")
                let request = HTTPRequest(scheme: url.scheme, host: url.host, port: url.port)
                return settings.proxy(for: request).map { "\($0)" } ?? "-"
            }
            #expect(ours == opinion, "\(variables)")
        }
    }
}
