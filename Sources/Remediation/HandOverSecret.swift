import AWSClient
import Basics
import FoundationEssentials
import Posture

/// The place to which the executor hands over a secret.
protocol HandOverPlace: Sendable {
    /// Sends the call and hands the secret over. A secret that AWS gave but that could not be handed over is lost.
    /// - Returns: the reason why the secret was not handed over, although the call took effect.
    func send(_ call: APICall, by writer: WritingClient) async throws(AWSError) -> String?
    /// Removes what was prepared for a call that did not take effect.
    func discard()
}

/// A secret of AWS Secrets Manager that an earlier step created without a value, and that receives a new access key or
/// password.
struct HandOverSecret: HandOverPlace {
    private let secret: Step.HandOver.Secret
    private let name: String
    private let region: String

    init(_ secret: Step.HandOver.Secret, name: String, region: String) {
        self.secret = secret
        self.name = name
        self.region = region
    }

    func send(_ call: APICall, by writer: WritingClient) async throws(AWSError) -> String? {
        switch secret {
        case .accessKey: return try await sendKey(call, by: writer)
        case .password:
            // The secret has the password before it takes effect, so that none is lost. After a failure its value is a
            // password that is not in effect, which the next attempt replaces.
            let password = NewPassword()
            try await put(
                ["UserName": call.parameters["UserName"] ?? .null, "Password": .string(password.text)], by: writer)
            try await password.set(by: call, writer)
            return nil
        }
    }

    private func sendKey(_ call: APICall, by writer: WritingClient) async throws(AWSError) -> String? {
        let request: WriteRequest<CreatedAccessKey>
        do throws(Failure) {
            request = try WriteRequest<CreatedAccessKey>(call)
        } catch {
            throw AWSError(unsendable: call, error)
        }
        let key = try await writer.send(request, in: call.region).accessKey
        let value: JSON = [
            "UserName": call.parameters["UserName"] ?? .null, "AccessKeyId": .string(key.accessKeyID),
            "SecretAccessKey": .string(key.secretAccessKey),
        ]
        do throws(AWSError) {
            try await put(value, by: writer)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func put(_ value: JSON, by writer: WritingClient) async throws(AWSError) {
        let call = APICall(
            .putSecretValue, in: region,
            [
                "SecretId": .string(name), "ClientRequestToken": .string(UUID().uuidString.lowercased()),
                "SecretString": .string(value.written(.compact)),
            ])
        let request: WriteRequest<RawAnswer>
        do throws(Failure) {
            request = try WriteRequest<RawAnswer>(call)
        } catch {
            throw AWSError(unsendable: call, error)
        }
        _ = try await writer.send(request, in: region)
    }

    func discard() {}
}

/// A random password that every password policy accepts: 128 characters, which is the most that IAM takes and the
/// greatest minimum of a policy, with at least one of each kind that a policy can require.
///
/// Source: IAM API Reference, "CreateLoginProfile" and "UpdateAccountPasswordPolicy".
struct NewPassword {
    let text: String

    init() {
        let kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!@#%^*()_+-=[]{}"]
        let all = kinds.joined()
        text = String((kinds + Array(repeating: all, count: 124)).compactMap { $0.randomElement() }.shuffled())
    }

    /// Sends the call with the password.
    func set(by call: APICall, _ writer: WritingClient) async throws(AWSError) {
        var call = call
        call.parameters = .members((call.parameters.object?.members ?? []) + [.init("Password", .string(text))])
        let request: WriteRequest<RawAnswer>
        do throws(Failure) {
            request = try WriteRequest<RawAnswer>(call)
        } catch {
            throw AWSError(unsendable: call, error)
        }
        _ = try await writer.send(request, in: call.region)
    }
}

extension Step {
    /// Returns the reason why a step that took effect cannot be completed: its secret is lost.
    /// - Throws: ``Failure`` if that cannot be read.
    func lostSecret(_ reader: Client) async throws(Failure) -> String? {
        guard let handOver else { return nil }
        switch handOver.place {
        case .file(let path):
            guard HandOverFile.isEmpty(path) else { return nil }
        case .secret(let name, let region):
            let state = Observation.secretValue(name, in: region)
            let found = try state.part(of: try await reader.answer(to: state.read))
            guard found["VersionIdsToStages"] != true else { return nil }
        }
        return "AWS took the call, but \(handOver.place) does not hold the \(handOver.secret.rawValue): undo the run, "
            + "and plan again"
    }
}

extension AWSError {
    /// The error of a call that cannot be encoded.
    init(unsendable call: APICall, _ failure: Failure) {
        self.init(
            .endpoint, AWSClient.Operation(.iam, call.operation), region: call.region, message: failure.description,
            cause: failure)
    }
}
