import Basics
import Posture
import Store

extension [Finding] {
    /// Adds to each finding on log file validation when its trail was last verified, and what that found. It changes no
    /// status: an enabled validation that nobody verifies is still enabled, and a verification says nothing about the
    /// setting.
    /// - Throws: ``Failure`` if the store cannot be read.
    mutating func addLastVerifications(from store: Store) throws(Failure) {
        for place in indices where self[place].check == "cloudtrail-log-file-validation" {
            guard self[place].resource.type == "AWS::CloudTrail::Trail" else { continue }
            let last = try store.lastVerification(of: self[place].resource.id, in: self[place].account)
            self[place].evidence.append(Evidence("LastVerification", last?.evidence ?? .null, from: .derived))
            guard let last else { continue }
            let message = self[place].message
            self[place].message = "\(message.hasSuffix(".") ? String(message.dropLast()) : message); \(last.words)"
        }
    }
}

extension LastVerification {
    /// Such as `last verified 2026-01-01T00:00:00Z: 24 of 24 digest files and 288 of 288 log files valid`.
    fileprivate var words: String {
        let found = verification
        let (digests, logs) = (found.digestsValid + found.digestsInvalid, found.logsValid + found.logsInvalid)
        return "last verified \(found.time.rfc3339): \(found.digestsValid) of \(digests) digest files and "
            + "\(found.logsValid) of \(logs) log files valid"
    }

    fileprivate var evidence: JSON {
        .members([
            "time": .string(verification.time.rfc3339), "from": .string(verification.from.rfc3339),
            "to": .string(verification.to.rfc3339),
            "digests": ["valid": .int(verification.digestsValid), "invalid": .int(verification.digestsInvalid)],
            "logs": ["valid": .int(verification.logsValid), "invalid": .int(verification.logsInvalid)],
            "problems": .int(problems),
        ])
    }
}
