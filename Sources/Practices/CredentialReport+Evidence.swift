import AWSClient
import FoundationEssentials
import Inventory
import Posture

// How the columns of the credential report are cited.

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
