import Basics
import FoundationEssentials

/// The STS operations that credentials come from.
public struct SecurityTokenService: Sendable {
    private let endpoints: EndpointResolver
    private let region: String?
    private let sender: PatientSender
    private let now: @Sendable () -> Date
    private let sign: RequestSigning

    /// - Parameter region: the region whose STS endpoint is used. If it is `nil` or in another partition than the role,
    ///   the default region of the role's partition is used.
    public init(
        endpoints: EndpointResolver, region: String?, environment: AWSEnvironment, transport: any HTTPTransport,
        sign: @escaping RequestSigning
    ) {
        self.endpoints = endpoints
        self.region = region
        sender = PatientSender(transport: transport, pause: environment.pause)
        now = environment.now
        self.sign = sign
    }

    func assumeRole(
        _ role: AssumableRole, tokenCode: String?, as caller: Credentials
    ) async throws(Failure) -> Credentials {
        var parameters: [String: JSON] = [
            "RoleArn": .string(role.arn), "RoleSessionName": .string(sessionName(of: role)),
            "ExternalId": JSON(role.externalID), "DurationSeconds": JSON(role.durationSeconds),
        ]
        if let serial = role.mfaSerial, let tokenCode {
            parameters["SerialNumber"] = .string(serial)
            parameters["TokenCode"] = .string(tokenCode)
        }
        return try await ask(ReadRequest(.assumeRole, parameters), role: role, signedBy: caller)
    }

    func assumeRoot(_ session: RootSession, as caller: Credentials) async throws(Failure) -> Credentials {
        let parameters: [String: JSON] = [
            "TargetPrincipal": .string(session.account), "TaskPolicyArn": ["arn": .string(session.policyARN)],
            "DurationSeconds": .int(RootSession.seconds),
        ]
        return try await ask(
            ReadRequest(.assumeRoot, parameters),
            "no session as the root user of account \(session.account) can be opened", in: session.partition,
            signedBy: caller
        ) { code in
            switch code {
            case "AccessDenied", "AccessDeniedException":
                "allow the caller sts:AssumeRoot, and enable centralized root access in the organization"
            case "RegionDisabledException": "activate STS in the region, or choose another with AWS_REGION"
            default: "check that centralized root access is enabled in the organization"
            }
        }
    }

    func assumeRole(
        _ role: AssumableRole, webIdentityToken: String
    ) async throws(Failure) -> Credentials {
        let parameters: [String: JSON] = [
            "RoleArn": .string(role.arn), "RoleSessionName": .string(sessionName(of: role)),
            "WebIdentityToken": .string(webIdentityToken), "DurationSeconds": JSON(role.durationSeconds),
        ]
        return try await ask(ReadRequest(.assumeRoleWithWebIdentity, parameters), role: role, signedBy: nil)
    }

    /// Returns the name of the session in CloudTrail events: the user's, or a default.
    private func sessionName(of role: AssumableRole) -> String {
        role.sessionName ?? "parapet-\(Int(now().timeIntervalSince1970))"
    }

    private func ask(
        _ request: ReadRequest<AssumedRoleAnswer>, role: AssumableRole, signedBy caller: Credentials?
    ) async throws(Failure) -> Credentials {
        try await ask(
            request, "the role \(role.arn) cannot be assumed", in: try role.partition(), signedBy: caller
        ) { Self.advice(on: $0, role: role) }
    }

    /// - Parameters:
    ///   - what: the failed action, for errors.
    ///   - advice: returns the advice on an error code.
    private func ask(
        _ request: ReadRequest<AssumedRoleAnswer>, _ what: String, in partition: Partition,
        signedBy caller: Credentials?, advice: (String) -> String
    ) async throws(Failure) -> Credentials {
        let region = region.flatMap { Partition.of(region: $0) == partition ? $0 : nil } ?? partition.globalRegion
        let endpoint: Endpoint
        let unsigned: HTTPRequest
        do {
            endpoint = try endpoints.endpoint(for: .sts, region: region)
            unsigned = try RequestEncoder.encode(request, to: endpoint, addressing: .path)
        } catch let error as Failure {
            throw Failure(what, why: "\(error.what): \(error.why)", advice: error.advice, cause: error)
        } catch {
            throw Failure(what, why: "\(error)", advice: "check the settings of the endpoint")
        }

        let response: HTTPResponse
        var time = now()
        do {
            response = try await sender.send(
                {
                    guard let caller else { return unsigned }
                    time = now()
                    return sign(unsigned, caller, endpoint.signingRegion, endpoint.signingName, time)
                },
                retries: {
                    isTransient($0, of: request.operation) || isSkewed($0, of: request.operation, signedAt: time)
                })
        } catch {
            throw Failure(
                what, why: "STS at \(endpoint.host) gives no answer: \(error.description.quotable)",
                advice: error.advice ?? "check the network, the proxy, and the region \(region)")
        }
        guard response.status == 200 else {
            var error = AnswerDecoder.error(response, of: request.operation)
            if let caller { error.message = caller.hidden(in: error.message) }
            throw Failure(
                what, why: "\(error.code): \(error.message)".quotable, advice: advice(error.code),
                cause: AWSError(
                    .service(code: error.code, status: response.status), request.operation, region: region,
                    message: error.message, requestID: error.requestID))
        }
        guard let answer = try? AnswerDecoder.decode(response, of: request) else {
            throw Failure(
                what, why: "STS at \(endpoint.host) answers what is not its answer",
                advice: "check the proxy and the endpoint settings")
        }
        return answer.credentials.value
    }

    private func isTransient(_ response: HTTPResponse, of operation: Operation) -> Bool {
        guard response.status != 200 else { return false }
        let code = AnswerDecoder.error(response, of: operation).code
        return response.status >= 500 || response.status == 429 || ErrorCodes.throttling.contains(code)
            || ErrorCodes.transient.contains(code)
    }

    /// Whether AWS rejected the request because of its time, and its answer has corrected the clock.
    private func isSkewed(_ response: HTTPResponse, of operation: Operation, signedAt time: Date) -> Bool {
        response.status != 200 && ErrorCodes.clockSkew.contains(AnswerDecoder.error(response, of: operation).code)
            && abs(now().timeIntervalSince(time)) > 240
    }

    /// Source: the errors of `AssumeRole` and `AssumeRoleWithWebIdentity`, AWS STS API Reference.
    private static func advice(on code: String, role: AssumableRole) -> String {
        switch code {
        case "AccessDenied", "AccessDeniedException":
            "allow the caller sts:AssumeRole on the role, and the role's trust policy the caller"
                + (role.externalID == nil ? " (does it ask for an external id?)" : " with this external id")
                + (role.mfaSerial == nil ? "" : "; check the MFA serial and code")
        case "ExpiredToken", "ExpiredTokenException", "ExpiredTokenFault":
            "renew the credentials or token that assume it"
        case "InvalidIdentityToken": "check the token file and the identity provider in the role's account"
        case "IDPRejectedClaim": "check the claims that the role's trust policy asks for"
        case "RegionDisabledException": "activate STS in the region, or choose another with AWS_REGION"
        case "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException":
            "check the access key and the secret key that assume it, and this machine's clock"
        case "ValidationError": "correct the role's settings"
        default: "try again; if it stays so, check the role's settings"
        }
    }
}

/// A role to assume, with the parameters of the call.
public struct AssumableRole: Sendable, Hashable {
    /// `arn:PARTITION:iam::ACCOUNT:role/NAME`
    public var arn: String
    /// The external ID that the role's trust policy requires from other accounts.
    public var externalID: String?
    /// Serial number or ARN of the MFA device whose code the user enters.
    public var mfaSerial: String?
    /// Name of the session in CloudTrail events; by default `parapet-` and the time.
    public var sessionName: String?
    /// Seconds, from 900 to the role's maximum; STS's default is 3600.
    public var durationSeconds: Int?

    public init(
        arn: String, externalID: String? = nil, mfaSerial: String? = nil, sessionName: String? = nil,
        durationSeconds: Int? = nil
    ) {
        self.arn = arn
        self.externalID = externalID
        self.mfaSerial = mfaSerial
        self.sessionName = sessionName
        self.durationSeconds = durationSeconds
    }

    /// Returns the partition in the ARN.
    func partition() throws(Failure) -> Partition {
        guard let name = ARN(arn), name.service == "iam", name.resource.hasPrefix("role/"),
            let partition = Partition.named(String(name.partition))
        else {
            throw Failure(
                "the role '\(arn.quotable)' cannot be assumed", why: "that is not the ARN of a role",
                advice: "write it like arn:aws:iam::123456789012:role/NAME")
        }
        return partition
    }
}

/// The answer of `AssumeRole` and `AssumeRoleWithWebIdentity`.
private struct AssumedRoleAnswer: Decodable, Sendable {
    var credentials: Key

    struct Key: Decodable, Sendable {
        var accessKeyID: String
        var secretAccessKey: String
        var sessionToken: String
        var expiration: Date

        var value: Credentials {
            Credentials(
                accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
                expiration: expiration)
        }
    }
}
