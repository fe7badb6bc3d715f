import AWSClient
import Inventory
import Posture

/// Text and examples that the checks on the account's password policy share.
enum PasswordRule {
    static let sources = ["IAM User Guide: Set an account password policy for IAM users"]

    /// Explanation of the evaluation that these checks share.
    static let judges = """
        An account without a password policy fails: the AWS default then applies, with at least 8 characters of three \
        kinds, no expiration and no limit on reuse.
        """

    /// Examples that these checks share.
    static var examples: [Example] {
        [
            .passes("the policy meets the requirement") { $0[.passwordPolicy] = .known(.sample) },
            noPolicy,
            .unknown("the policy cannot be read") { $0[.passwordPolicy] = .denied(.getAccountPasswordPolicy) },
        ]
    }

    static var noPolicy: Example { .fails("no password policy is set") { $0[.passwordPolicy] = .known(nil) } }

    /// Returns the sample password policy with a change.
    static func policy(_ change: (inout PasswordPolicy) -> Void) -> Fact<PasswordPolicy?> {
        .known(PasswordPolicy.sample(change))
    }
}
