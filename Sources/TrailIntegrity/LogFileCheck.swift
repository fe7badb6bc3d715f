import Basics
import Crypto
import Gzip
import LogSources

/// Compares log files with their hashes in a valid digest.
struct LogFileCheck: Sendable {
    let reader: ObjectReader

    struct Verdict: Sendable {
        var file: Digest.Entry
        var trail: TrailName
        /// `nil` if the file is unchanged since CloudTrail delivered it.
        var problem: (kind: Problem.Kind, message: String)?
        /// Compressed size.
        var bytes = 0
    }

    /// - Throws: ``Failure`` if the verdict cannot be determined.
    func verdict(on file: Digest.Entry, of trail: TrailName) async throws(Failure) -> Verdict {
        let reading: ObjectReading<HashedContent> = try await reader.read(file.address, into: HashedContent())
        var verdict = Verdict(file: file, trail: trail)
        switch reading {
        case .absent:
            verdict.problem = (.logNotFound, "The log file is not there, though a digest lists it: it was deleted.")
        case .unreadable(.cut):
            verdict.problem = (
                .logHashMismatch, "The log file is cut short: what is left is not what CloudTrail delivered."
            )
        case .unreadable(let failure):
            verdict.problem = (.logInvalidFormat, "The log file cannot be trusted: \(failure).")
        case .content(let content, let facts):
            verdict.bytes = facts.size
            if content.hash != file.hash {
                verdict.problem = (
                    .logHashMismatch,
                    "The log file's content is not what CloudTrail delivered: it was modified or replaced."
                )
            }
        }
        return verdict
    }
}

/// Computes the SHA-256 of an object's content.
private struct HashedContent: ContentConsumer {
    private var hasher = SHA256()

    mutating func consume(_ piece: UnsafeRawBufferPointer) {
        hasher.update(bufferPointer: piece)
    }

    /// Hexadecimal SHA-256.
    var hash: String { Hexadecimal.text(hasher.finalize()) }
}
