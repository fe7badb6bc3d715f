extension Service {
    public static let secretsManager = Service(
        endpointPrefix: "secretsmanager", signingName: "secretsmanager", environmentName: "SECRETS_MANAGER",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "secretsmanager"))
}

/// AWS Secrets Manager, as far as fixes use it. Source: the AWS Secrets Manager API Reference.
extension Operation {
    public static let describeSecret = Operation(.secretsManager, "DescribeSecret")
    public static let createSecret = Operation(.secretsManager, "CreateSecret")
    public static let putSecretValue = Operation(.secretsManager, "PutSecretValue")
    public static let deleteSecret = Operation(.secretsManager, "DeleteSecret")
}
