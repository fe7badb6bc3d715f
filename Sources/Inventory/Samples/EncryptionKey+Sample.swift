extension EncryptionKey: Sampled {
    /// The key that the sample trail encrypts with: enabled, rotating, for CloudTrail only.
    public static var sample: EncryptionKey {
        var key = EncryptionKey(
            reference: "arn:aws:kms:us-east-1:123456789012:key/1f0c5b1e-6d2a-4a8e-9b57-0a4a3c9d7e10")
        key.description = .known(.sample)
        key.rotation = .known(KeyRotation(isEnabled: true, periodInDays: 365))
        key.policy = .known(.trailKey)
        key.grants = .known([])
        return key
    }
}

extension KeyDescription: Sampled {
    public static var sample: KeyDescription {
        KeyDescription(
            arn: "arn:aws:kms:us-east-1:123456789012:key/1f0c5b1e-6d2a-4a8e-9b57-0a4a3c9d7e10",
            accountID: "123456789012", state: "Enabled", manager: "CUSTOMER", origin: "AWS_KMS",
            spec: "SYMMETRIC_DEFAULT")
    }
}
