import Posture

/// Keys are rotated, passwords are strong and expire.
enum CredentialRotation {
    static let checks: [any Check] =
        [
            AccessKeyRotation(),
            ConsoleUserMFA(),
            SingleActiveKey(),
            PasswordExpiry(),
            PasswordLength(),
            PasswordReuse(),
        ] + characterClasses
}
