import AWSClient
import Basics
import FoundationEssentials
import Posture

#if canImport(Glibc)
    import Glibc
#endif

/// A file for a new secret. It is opened before the call is sent, so that no secret is lost because the file cannot be
/// created. Only its owner can read it.
final class HandOverFile: HandOverPlace {
    private let descriptor: Int32
    private let path: String
    private let secret: Step.HandOver.Secret
    private let user: String

    /// - Parameter isResumed: whether an earlier attempt of the step may have created the file.
    /// - Throws: ``Failure`` if the file already exists or cannot be created.
    init(_ secret: Step.HandOver.Secret, at path: String, of call: APICall, isResumed: Bool) throws(Failure) {
        self.path = path
        self.secret = secret
        user = call.parameters["UserName"]?.text ?? ""
        let flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW
        var opened = open(path, flags | O_CREAT | O_EXCL, 0o600)
        // A password is written to the file before the call sets it, so a password from an earlier attempt may not be
        // in effect: it is replaced.
        if opened < 0, errno == EEXIST, isResumed,
            secret == .password || Self.isEmpty(path)
        {
            opened = open(path, flags)
        }
        guard opened >= 0 else {
            throw Failure(
                "the secret cannot be handed over", why: "\(path): \(String(cString: strerror(errno)))",
                advice: "move that file, or name another folder under hand-over in the settings and plan again")
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Sends the call and writes the secret. If AWS's answer is lost, the file of an access key stays empty.
    func send(_ call: APICall, by writer: WritingClient) async throws(AWSError) -> String? {
        switch secret {
        case .accessKey:
            let request: WriteRequest<CreatedAccessKey>
            do throws(Failure) {
                request = try WriteRequest<CreatedAccessKey>(call)
            } catch {
                throw AWSError(unsendable: call, error)
            }
            let key = try await writer.send(request, in: call.region).accessKey
            write("[\(user)]\naws_access_key_id = \(key.accessKeyID)\naws_secret_access_key = \(key.secretAccessKey)\n")
        case .password:
            let password = NewPassword()
            guard write("UserName = \(user)\nPassword = \(password.text)\n") else {
                return "the file cannot be written"
            }
            try await password.set(by: call, writer)
        }
        return nil
    }

    /// Deletes the file after a call that did not take effect.
    func discard() { unlink(path) }

    /// Whether the file does not exist or is empty.
    static func isEmpty(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_size == 0
    }

    @discardableResult
    private func write(_ text: String) -> Bool {
        guard ftruncate(descriptor, 0) == 0 else { return false }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                _ = ftruncate(descriptor, 0)
                return false
            }
            rest = rest.dropFirst(count)
        }
        return fsync(descriptor) == 0
    }
}
