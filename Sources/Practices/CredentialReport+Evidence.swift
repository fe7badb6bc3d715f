import AWSClient
import FoundationEssentials
import Inventory
import Posture

// How the columns of the credential report are cited.

extension CredentialReport {
    /// One verdict for each of the users that are meant, with the report's age in the evidence: AWS makes a new report
    /// at most every four hours.
    func judgeUsers(
        where isMeant: (UserCredentials) -> Bool, _ judge: (UserCredentials) throws(Unknown) -> Judgement
    ) -> [Verdict] {
        users.filter(isMeant).map { user in
            Verdict(on: user.resource) { () throws(Unknown) in
                var judgement = try judge(user)
                judgement.evidence += generationEvidence
                return judgement
            }
        }
    }

    /// Empty where the time is not known.
    var generationEvidence: [Evidence] {
        generatedAt.map { [Evidence("GeneratedTime", JSONValue($0), from: .getCredentialReport)] } ?? []
    }
}

extension UserCredentials {
    var resource: Resource { .user(name: name, arn: arn) }

    var passwordEvidence: [Evidence] {
        [
            Evidence("password_enabled", JSONValue(password.isEnabled), from: .getCredentialReport),
            Evidence("password_last_used", JSONValue(password.lastUsed), from: .getCredentialReport),
            Evidence("password_last_changed", JSONValue(password.lastChanged), from: .getCredentialReport),
        ]
    }

    var creationEvidence: Evidence {
        Evidence("user_creation_time", JSONValue(createdAt), from: .getCredentialReport)
    }
}

extension UserCredentials.AccessKey {
    var activityEvidence: Evidence { column("active", .bool(isActive)) }
    var ageEvidence: Evidence { column("last_rotated", JSONValue(lastRotated)) }
    var useEvidence: Evidence { column("last_used_date", JSONValue(lastUsed)) }

    private func column(_ name: String, _ value: JSONValue) -> Evidence {
        Evidence("access_key_\(number)_\(name)", value, from: .getCredentialReport)
    }
}
