extension LogGroup: Sampled {
    /// The log group to which the sample trail delivers, encrypted with a KMS key.
    public static var sample: LogGroup {
        LogGroup(
            name: "trail", arn: "arn:aws:logs:us-east-1:123456789012:log-group:trail",
            keyARN: EncryptionKey.sample.reference, retentionInDays: 365)
    }
}
