import FoundationEssentials

extension UserCredentials: Sampled {
    /// A user for a year, with a password and one key of thirty days, both used yesterday.
    public static var sample: UserCredentials {
        UserCredentials(
            name: "alice", arn: "arn:aws:iam::123456789012:user/alice", createdAt: daysAgo(365),
            password: Password(isEnabled: true, lastUsed: daysAgo(1), lastChanged: daysAgo(60)), hasMFA: true,
            accessKeys: [
                AccessKey(
                    number: 1, isActive: true, lastRotated: daysAgo(30), lastUsed: daysAgo(1),
                    lastUsedRegion: "us-east-1", lastUsedService: "s3"),
                AccessKey(number: 2, isActive: false),
            ])
    }

    /// A user without a password, who calls AWS with one key.
    public static func sample(key: AccessKey) -> UserCredentials {
        .sample {
            $0.name = "backup"
            $0.arn = "arn:aws:iam::123456789012:user/backup"
            $0.password = Password(isEnabled: false)
            $0.hasMFA = false
            $0.accessKeys = [key, AccessKey(number: 2, isActive: false)]
        }
    }

    /// Root, used last when the account was made, without keys.
    public static var rootSample: UserCredentials {
        UserCredentials(
            name: "<root_account>", arn: "arn:aws:iam::123456789012:root", createdAt: daysAgo(730),
            password: Password(isEnabled: nil, lastUsed: daysAgo(700)), hasMFA: true,
            accessKeys: [AccessKey(number: 1, isActive: false), AccessKey(number: 2, isActive: false)])
    }

    private static func daysAgo(_ days: Int) -> Date {
        Account.sample.readAt.addingTimeInterval(-86_400 * Double(days))
    }
}

extension AccountSummary: Sampled {
    public static var sample: AccountSummary {
        AccountSummary(rootHasAccessKeys: false, rootHasMFA: true, rootHasPassword: true)
    }
}

extension PasswordPolicy: Sampled {
    public static var sample: PasswordPolicy {
        PasswordPolicy(
            minimumLength: 14, requiresSymbols: true, requiresNumbers: true, requiresUppercase: true,
            requiresLowercase: true, maximumAgeInDays: 90, reusePrevention: 24)
    }
}
