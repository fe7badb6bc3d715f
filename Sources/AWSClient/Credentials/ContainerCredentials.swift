import Basics

/// Credentials of the task or pod that this process runs in, from the endpoint that ECS or EKS sets.
///
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
struct ContainerCredentials: CredentialProvider {
    let environment: AWSEnvironment
    let transport: any HTTPTransport

    private static let relativeURI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let fullURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    private static let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    private static let tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    private static let what = "the container's credentials cannot be had"

    static func isConfigured(in environment: AWSEnvironment) -> Bool {
        environment.variable(relativeURI) != nil || environment.variable(fullURI) != nil
    }

    func credentials() async throws(Failure) -> Credentials {
        let url = try url()
        var request = HTTPRequest(scheme: url.scheme, host: url.host, port: url.port, path: url.path)
        request.query = Self.queryItems(url.query)
        request.avoidsProxy = true
        request.headers = [.init("Accept", "application/json")]
        if let token = try authorizationToken() { request.headers.append(.init("Authorization", token)) }

        let sender = PatientSender(transport: transport, pause: environment.pause, timeout: .seconds(2))
        let response: HTTPResponse
        do {
            response = try await sender.send { request }
        } catch {
            throw Failure(
                Self.what, why: "\(request.authority) gives no answer: \(error.description.quotable)",
                advice: error.advice ?? "check the task's role, or unset the AWS_CONTAINER_CREDENTIALS variables")
        }
        guard response.status == 200 else {
            throw Failure(
                Self.what, why: "\(request.authority) answers with HTTP status \(response.status)",
                advice: "check that the task or pod has a role and its authorization token is valid")
        }
        guard let answer = JSONCredentials.read(response.body) else {
            throw Failure(
                Self.what, why: "\(request.authority) answers what are no credentials",
                advice: "check the AWS_CONTAINER_CREDENTIALS variables")
        }
        do {
            return try answer.credentials()
        } catch {
            throw Failure(Self.what, why: "\(request.authority): \(error)", advice: "check the task's role")
        }
    }

    private func url() throws(Failure) -> EndpointURL {
        let variable = environment.variable(Self.relativeURI) == nil ? Self.fullURI : Self.relativeURI
        let value = environment.variable(variable) ?? ""
        if variable == Self.relativeURI && !value.hasPrefix("/") {
            throw Failure(Self.what, why: "\(variable) does not begin with /", advice: "correct it")
        }
        let url: EndpointURL
        do {
            url = try EndpointURL(variable == Self.relativeURI ? "http://169.254.170.2\(value)" : value, from: variable)
        } catch {
            throw Failure(Self.what, why: "\(error.what): \(error.why)", advice: error.advice)
        }
        guard url.scheme == "https" || Self.isTrusted(host: url.host) else {
            throw Failure(
                Self.what, why: "\(variable) names \(url.host) over plain HTTP, which can be intercepted",
                advice: "use https, a loopback address, or the address that ECS or EKS gives")
        }
        return url
    }

    /// Whether the host is this machine, or an address of the ECS and EKS agents.
    static func isTrusted(host: String) -> Bool {
        if ["localhost", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]"].contains(host) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }

    private func authorizationToken() throws(Failure) -> String? {
        let text: String
        let source: String
        if let path = environment.variable(Self.tokenFile) {
            source = Self.tokenFile
            guard let bytes = try? environment.readFile(path), let read = String(validating: bytes, as: UTF8.self)
            else {
                throw Failure(
                    Self.what, why: "the file \(path), which \(source) names, cannot be read",
                    advice: "check the variable")
            }
            text = read.trimmed
        } else if let value = environment.variable(Self.token) {
            (text, source) = (value, Self.token)
        } else {
            return nil
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), !text.isEmpty else {
            throw Failure(
                Self.what, why: "\(source) holds what cannot stand in a header", advice: "check the variable")
        }
        return text
    }

    private static func queryItems(_ query: String?) -> [HTTPRequest.QueryItem] {
        (query ?? "").split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(decoded)
            return .init(parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    /// Decodes percent-encoding; text that is not percent-encoded stays as it is.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16),
                rest.count >= 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
