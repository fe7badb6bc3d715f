public import Basics
import FoundationEssentials

/// The instance metadata service, version 2 only: every request has a session token.
///
/// Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata"; AWS SDKs and Tools
/// Reference Guide, "IMDS credential provider".
public struct InstanceMetadata: CredentialProvider {
    private let environment: AWSEnvironment
    private let profile: Profile?
    private let sender: PatientSender

    /// Limits the time of each attempt to `AWS_METADATA_SERVICE_TIMEOUT` seconds (default 1) and the number of attempts
    /// to `AWS_METADATA_SERVICE_NUM_ATTEMPTS` (default 2).
    /// - Parameter profile: the profile whose `ec2_metadata_service_endpoint` and `…_mode` apply unless the variables
    ///   are set.
    public init(
        _ environment: AWSEnvironment, _ shared: SharedConfiguration, profile: String, transport: any HTTPTransport
    ) {
        self.environment = environment
        self.profile = shared.profiles[profile]
        sender = PatientSender(
            transport: transport, pause: environment.pause,
            attempts: environment.variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS").flatMap { Int($0) }
                .map { min(max($0, 1), 10) } ?? 2,
            timeout: environment.variable("AWS_METADATA_SERVICE_TIMEOUT").flatMap { Int($0) }
                .map { .seconds(min(max($0, 1), 60)) } ?? .seconds(1))
    }

    /// Whether `AWS_EC2_METADATA_DISABLED` forbids requests to the service.
    static func isDisabled(in environment: AWSEnvironment) -> Bool {
        environment.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true"
    }

    /// Returns the credentials of this machine's role.
    public func credentials() async throws(Failure) -> Credentials {
        let token = try await token()
        let folder = "/latest/meta-data/iam/security-credentials/"
        let roles = try await get(folder, token: token, missing: "this machine has no role")
        guard let role = roles.split(whereSeparator: \.isNewline).first.map({ String($0).trimmed }), !role.isEmpty
        else {
            throw failure("this machine has no role")
        }
        let body = try await get(
            folder + PercentEncoding.encode(role), token: token,
            missing: "there are no credentials of the role \(role.quotable)")
        guard let answer = JSONCredentials.read(Array(body.utf8)) else {
            throw failure("it answers what are no credentials")
        }
        if let code = answer.code, code != "Success" { throw failure("it says \(code.quotable)") }
        do {
            return try answer.credentials()
        } catch {
            throw failure("\(error)")
        }
    }

    /// Returns this machine's region.
    public func region() async throws(Failure) -> String {
        try await get("/latest/meta-data/placement/region", token: try await token(), missing: "it tells no region")
            .trimmed
    }

    private func token() async throws(Failure) -> String {
        guard !Self.isDisabled(in: environment) else { throw failure("AWS_EC2_METADATA_DISABLED is true") }
        let response = try await send(
            method: "PUT", path: "/latest/api/token", header: .init("X-aws-ec2-metadata-token-ttl-seconds", "21600"))
        guard response.status == 200, let token = String(validating: response.body, as: UTF8.self)?.trimmed,
            !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw failure("it gives no session token (HTTP status \(response.status))")
        }
        return token
    }

    private func get(_ path: String, token: String, missing: String) async throws(Failure) -> String {
        let response = try await send(method: "GET", path: path, header: .init("X-aws-ec2-metadata-token", token))
        guard response.status != 404 else { throw failure(missing) }
        guard response.status == 200, let body = String(validating: response.body, as: UTF8.self) else {
            throw failure("it answers with HTTP status \(response.status)")
        }
        return body
    }

    private func send(
        method: String, path: String, header: HTTPRequest.Header
    ) async throws(Failure) -> HTTPResponse {
        let base = try endpoint()
        let prefix = base.path == "/" ? "" : base.path
        var request = HTTPRequest(
            method: method, scheme: base.scheme, host: base.host, port: base.port, path: prefix + path,
            headers: [header])
        request.avoidsProxy = true
        do {
            return try await sender.send { request }
        } catch {
            throw failure("it gives no answer at \(request.authority) (\(error.description.quotable))")
        }
    }

    private func endpoint() throws(Failure) -> EndpointURL {
        let variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        let mode = environment.variable("\(variable)_MODE") ?? profile?["ec2_metadata_service_endpoint_mode"] ?? "IPv4"
        let byMode = mode.lowercased() == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        let text = environment.variable(variable) ?? profile?["ec2_metadata_service_endpoint"] ?? byMode
        do {
            return try EndpointURL(text, from: variable)
        } catch {
            throw Failure(error.what, why: error.why, advice: error.advice)
        }
    }

    private func failure(_ why: String) -> Failure {
        Failure(
            "the instance metadata service has no credentials", why: why,
            advice: "on EC2, attach a role to the instance, enable IMDSv2, and for containers allow a hop limit of 2")
    }
}
