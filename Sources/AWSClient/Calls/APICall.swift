public import Basics

/// A call as data, such as in a plan's file. Its parameters have the names of the AWS API Reference, as
/// `--cli-input-json` of the AWS CLI does. Only calls of operations in ``KnownOperation/all`` can be sent.
public struct APICall: Sendable, Hashable, Codable {
    /// The service's name in IAM actions, such as `iam`.
    public var service: String
    /// The operation's name, such as `UpdateAccountPasswordPolicy`.
    public var operation: String
    /// The region to call; for a global service, the region of its endpoint.
    public var region: String
    public var parameters: JSON
    /// The principal that signs the call; `nil` for the principal of the run.
    public var signer: Signer?

    public enum Signer: String, Sendable, Hashable, Codable {
        /// The root user of the account, in a session of centralized root access (``RootSession``).
        case root
    }

    public init(
        _ operation: Operation, in region: String, _ parameters: JSON = .object(JSON.Object()), by signer: Signer? = nil
    ) {
        service = operation.service.signingName
        self.operation = operation.name
        self.region = region
        self.parameters = parameters
        self.signer = signer
    }

    /// Service and operation, such as `iam:UpdateAccountPasswordPolicy`.
    public var name: String { "\(service):\(operation)" }
}

extension ReadRequest<RawAnswer> {
    /// - Throws: ``Failure`` if Parapet does not know the operation, or it is a write.
    public init(_ call: APICall) throws(Failure) {
        let known = try KnownOperation(of: call)
        guard case .reads = known.effect else {
            throw Failure(
                "\(call.name) cannot be sent", why: "it is not a read", advice: "make the plan again")
        }
        let (parameters, binding) = try known.encoded(call)
        self.init(known.operation, parameters, binding: binding, answerElements: known.answerElements)
    }
}

extension WriteRequest<RawAnswer> {
    /// - Throws: ``Failure`` if Parapet does not know the operation, or it is a read.
    public init(_ call: APICall) throws(Failure) {
        let known = try KnownOperation(of: call)
        guard case .writes(let isIdempotent) = known.effect else {
            throw Failure(
                "\(call.name) cannot be sent", why: "it is not a write", advice: "make the plan again")
        }
        let (parameters, binding) = try known.encoded(call)
        self.init(known.operation, parameters, binding: binding, isIdempotent: isIdempotent)
    }
}

extension Client {
    /// Returns the answer of a read; null if AWS's error code says that the resource does not exist.
    /// - Throws: ``Failure`` if the call fails, or its answer has more than one page.
    public func answer(to call: APICall) async throws(Failure) -> JSON {
        let known = try KnownOperation(of: call)
        let request = try ReadRequest<RawAnswer>(call)
        let client = try signing(call)
        let answer: JSON
        do throws(AWSError) {
            answer = try await client.send(request, in: call.region).value
        } catch {
            if let code = error.code, known.absent.contains(code) { return .null }
            throw Failure(
                "\(call.name) gave no answer", why: "\(error)",
                advice: error.isAccessDenied ? "allow \(known.operation.permission)" : "try again", cause: error)
        }
        let tokens = ["NextToken", "Marker", "PaginationToken"].compactMap { answer.memberIgnoringCase($0)?.text }
            .filter { !$0.isEmpty }
        if !tokens.isEmpty || answer.memberIgnoringCase("IsTruncated") == true
            || answer.memberIgnoringCase("Truncated") == true
        {
            throw Failure(
                "\(call.name) gave no whole answer", why: "the list goes on behind the first page",
                advice: "make the change by hand")
        }
        return answer
    }
}

extension JSON {
    /// Returns the member of an object whose name matches case-insensitively.
    public func memberIgnoringCase(_ name: String) -> JSON? {
        object?.members.first { CaselessName.areEqual($0.name, name) }?.value
    }
}

/// The answer of `CreateAccessKey`: the only one that holds the secret.
public struct CreatedAccessKey: Decodable, Sendable {
    public var accessKey: Key

    public struct Key: Decodable, Sendable {
        public var accessKeyID: String
        public var secretAccessKey: String
    }
}

extension WriteRequest<CreatedAccessKey> {
    /// - Throws: ``Failure`` if the call is no `CreateAccessKey`.
    public init(_ call: APICall) throws(Failure) {
        guard call.name == Operation.createAccessKey.description else {
            throw Failure(
                "\(call.name) cannot be sent", why: "its answer holds no access key", advice: "make the plan again")
        }
        let known = try KnownOperation(of: call)
        self.init(known.operation, try known.encoded(call).parameters, isIdempotent: false)
    }
}
