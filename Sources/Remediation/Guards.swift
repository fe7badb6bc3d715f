public import AWSClient
import Basics
public import Posture

/// Protection for principals and credentials that no step is allowed to touch: the credentials that the run uses, and
/// the break-glass principals of the configuration.
public struct Guards: Sendable {
    /// The ARN of the caller, as in the answer to `GetCallerIdentity`.
    public var caller: String
    /// The IDs of the access keys that the run uses, directly or to assume a role.
    public var accessKeys: Set<String>
    /// Patterns of ARNs, with `*` and `?`.
    public var breakGlass: [String]
    /// The names of users without whom it is not certain that any administrator of the account remains.
    public var lastAdministrators: Set<String>
    /// The reasons, by call, why steps would lock a principal out of a bucket or key.
    public var lockouts: [APICall: String] = [:]
    private let account: String

    public init(
        caller: String, accessKeys: Set<String>, breakGlass: [String], lastAdministrators: Set<String> = [],
        account: String
    ) {
        self.caller = caller
        self.accessKeys = accessKeys
        self.breakGlass = breakGlass
        self.lastAdministrators = lastAdministrators
        self.account = account
    }

    /// Returns the reason why the step is not allowed; `nil` if it is.
    public func refusal(of step: Step) -> String? {
        if let lockout = lockouts[step.call] { return lockout }
        guard step.call.service == "iam", step.call.takesAccess else { return nil }
        if let key = step.call.parameters["AccessKeyId"]?.text, accessKeys.contains(key) {
            return "\(key) is an access key that this run uses"
        }
        if step.call.signer == .root,
            let pattern = breakGlass.first(where: { WildcardPattern($0).matches(step.resource) })
        {
            return "the root user is set aside for emergencies (break-glass: \(pattern))"
        }
        guard let user = step.call.parameters["UserName"]?.text else { return nil }
        if let caller = ARN(caller), caller.accountID == account, caller.resource.hasPrefix("user/"),
            caller.resource.split(separator: "/").last.map(String.init) == user
        {
            return "\(user) is the user that this run is"
        }
        if let pattern = breakGlass.first(where: { Self.matches($0, user: user, resource: step.resource) }) {
            return "\(user) is set aside for emergencies (break-glass: \(pattern))"
        }
        if lastAdministrators.contains(user) { return "\(user) is the last administrator of the account" }
        return nil
    }

    private static func matches(_ pattern: String, user: String, resource: String) -> Bool {
        let wildcard = WildcardPattern(pattern)
        return wildcard.matches(resource) || wildcard.matches(user)
            || resource.split(separator: "/").last.map { wildcard.matches("user/\($0)") } ?? false
    }
}

extension Step {
    /// Whether the step can remove access from a user.
    public var takesAccess: Bool { call.service == "iam" && call.takesAccess }
}

extension APICall {
    /// Whether the call can remove access from a user.
    var takesAccess: Bool {
        switch operation {
        case "UpdateAccessKey", "UpdateSSHPublicKey", "UpdateSigningCertificate", "UpdateServiceSpecificCredential":
            parameters["Status"]?.text != "Active"
        case "DetachUserPolicy", "DeleteUserPolicy", "RemoveUserFromGroup", "DeleteAccessKey", "DeleteLoginProfile",
            "DeleteSSHPublicKey", "DeleteSigningCertificate", "DeleteServiceSpecificCredential",
            "DeactivateMFADevice", "DeleteUser":
            true
        default: false
        }
    }

    /// Whether the call can remove a credential from a user.
    var takesCredentials: Bool {
        takesAccess && !["DetachUserPolicy", "DeleteUserPolicy", "RemoveUserFromGroup"].contains(operation)
    }
}
