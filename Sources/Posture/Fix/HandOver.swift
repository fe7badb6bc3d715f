import AWSClient
import Basics

extension Step {
    /// The place for a secret that a call sends to AWS or gets from it. No plan, journal or output holds the secret
    /// itself.
    public struct HandOver: Sendable, Hashable {
        public enum Secret: String, Sendable, Hashable, Codable {
            /// The secret of the access key that the call creates.
            case accessKey = "access key"
            /// A random password that the call sets.
            case password
        }

        public enum Place: Sendable, Hashable {
            /// The absolute path of a file that does not exist yet. Only its owner can read it.
            case file(String)
            /// The name of a secret in AWS Secrets Manager that has no value yet, and its Region.
            case secret(String, region: String)
        }

        public var secret: Secret
        public var place: Place

        public init(_ secret: Secret, to place: Place) {
            self.secret = secret
            self.place = place
        }

        /// The IAM actions that handing the secret of an undoing call over requires: undoing creates the secret of
        /// Secrets Manager before.
        var undoPermissions: Set<String> {
            permissions.isEmpty ? [] : permissions.union([AWSClient.Operation.createSecret.permission])
        }

        /// The IAM actions that handing the secret over requires.
        var permissions: Set<String> {
            if case .secret = place {
                [AWSClient.Operation.describeSecret.permission, AWSClient.Operation.putSecretValue.permission]
            } else {
                []
            }
        }
    }
}

extension Step.HandOver.Place: CustomStringConvertible {
    /// The place for a person.
    public var description: String {
        switch self {
        case .file(let path): path
        case .secret(let name, let region): "secret \(name) of Secrets Manager in \(region)"
        }
    }
}

extension Step.HandOver: Codable {
    private enum CodingKeys: CodingKey { case secret, file, secretID, region }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        secret = try container.decode(Secret.self, forKey: .secret)
        if let file = try container.decodeIfPresent(String.self, forKey: .file) {
            place = .file(file)
        } else {
            place = .secret(
                try container.decode(String.self, forKey: .secretID),
                region: try container.decode(String.self, forKey: .region))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(secret, forKey: .secret)
        switch place {
        case .file(let path): try container.encode(path, forKey: .file)
        case .secret(let name, let region):
            try container.encode(name, forKey: .secretID)
            try container.encode(region, forKey: .region)
        }
    }
}

extension Step {
    /// Returns a step that creates a secret of AWS Secrets Manager without a value.
    ///
    /// Source: AWS Secrets Manager API Reference, "CreateSecret" and "DeleteSecret".
    /// - Parameters:
    ///   - content: the future value in a few words, such as `the new access key of alice`.
    ///   - description: the description that Secrets Manager shows.
    public static func creatingSecret(
        _ name: String, for content: String, description: String, for checks: [String] = [], partition: String,
        account: String, in region: String
    ) -> Step {
        Step(
            "Create secret \(name) for \(content)",
            on: "arn:\(partition):secretsmanager:\(region):\(account):secret:\(name)", for: checks,
            state: .secret(name, in: region), before: .null,
            call: APICall(
                .createSecret, in: region, ["Name": .string(name), "Description": .string(description)]),
            after: ["Name": true, "DeletedDate": false],
            undo: APICall(.deleteSecret, in: region, ["SecretId": .string(name), "RecoveryWindowInDays": 30]),
            risk: .reversibleWithLoss,
            losses: ["The secret stays for 30 days, marked for deletion, and its name is taken until then."],
            cost: "AWS Secrets Manager charges monthly for the secret.",
            undone: ["Name": true, "DeletedDate": true])
    }
}

extension Settings {
    /// The beginning of ``handOver`` that stands before the prefix of names in Secrets Manager.
    private static let secretsManager = "secretsmanager:"

    /// The folder for secrets; `nil` if there is none.
    public var handOverFolder: String? { handOverPrefix == nil ? handOver : nil }

    /// The prefix of the names of secrets in Secrets Manager; `nil` if secrets are not handed over there.
    public var handOverPrefix: String? {
        guard let handOver, handOver.hasPrefix(Self.secretsManager) else { return nil }
        return String(handOver.dropFirst(Self.secretsManager.count))
    }

    /// Whether the text is an absolute path, or `secretsmanager:` with a prefix that names of secrets can have.
    ///
    /// Source: AWS Secrets Manager API Reference, "CreateSecret": 512 characters, of which the fixes' own part may take
    /// 112.
    public static func isHandOver(_ text: String) -> Bool {
        guard text.hasPrefix(secretsManager) else { return text.hasPrefix("/") }
        let prefix = text.dropFirst(secretsManager.count).unicodeScalars
        return prefix.count <= 400
            && prefix.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "/_+=.@-".unicodeScalars.contains($0))
            }
    }
}

extension Observation {
    /// Observes whether a secret of Secrets Manager exists and waits for its deletion; null if it does not exist.
    public static func secret(_ name: String, in region: String) -> Self {
        Observation(
            APICall(.describeSecret, in: region, ["SecretId": .string(name)]), .presence(["Name", "DeletedDate"]))
    }

    /// Observes whether a secret of Secrets Manager has a value, which is not read.
    public static func secretValue(_ name: String, in region: String) -> Self {
        Observation(
            APICall(.describeSecret, in: region, ["SecretId": .string(name)]), .presence(["VersionIdsToStages"]))
    }
}
