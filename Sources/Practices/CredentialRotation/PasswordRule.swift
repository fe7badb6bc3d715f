import AWSClient
import Inventory
import Posture

/// What the checks on the account's password policy share.
enum PasswordRule {
    static let sources = ["IAM User Guide: Set an account password policy for IAM users"]

    /// What the judgements of all of these checks say in common.
    static let judges = """
        An account without a password policy fails: the AWS default then applies, with at least 8 characters of three \
        kinds, no expiration and no limit on reuse.
        """

    /// The examples that all of these checks share.
    static var examples: [Example] {
        [
            .passes("the policy meets the requirement") { $0[.passwordPolicy] = .known(.sample) },
            noPolicy,
            .unknown("the policy cannot be read") { $0[.passwordPolicy] = .denied(.getAccountPasswordPolicy) },
        ]
    }

    static var noPolicy: Example { .fails("no password policy is set") { $0[.passwordPolicy] = .known(nil) } }

    /// An example in which the policy is the sample with a change.
    static func policy(_ change: (inout PasswordPolicy) -> Void) -> Fact<PasswordPolicy?> {
        .known(PasswordPolicy.sample(change))
    }
}
