import FoundationEssentials

/// The parts of one CloudTrail event that the suggestion needs.
///
/// Source: AWS CloudTrail User Guide, "CloudTrail record contents for management, data, and network activity events".
public struct RecordedCall: Sendable, Hashable {
    public var id: String
    /// The time as CloudTrail writes it: ISO 8601, UTC.
    public var time: String
    /// The event source, such as `s3.amazonaws.com`.
    public var source: String
    public var name: String
    public var region: String
    /// The account whose resources were called.
    public var accountID: String
    /// The ARN of the user, or of the role whose session made the call.
    public var actor: String?
    public var errorCode: String?
    public var errorMessage: String?
    public var isDataEvent: Bool
    /// The ARNs of the resources that the event names.
    public var resources: [String]
    /// The strings among the request parameters, by the names on their path, joined with dots.
    public var parameters: [String: [String]]

    public init(
        id: String = "", time: String, source: String, name: String, region: String = "us-east-1", accountID: String,
        actor: String?, errorCode: String? = nil, errorMessage: String? = nil, isDataEvent: Bool = false,
        resources: [String] = [],
        parameters: [String: [String]] = [:]
    ) {
        self.id = id
        self.time = time
        self.source = source
        self.name = name
        self.region = region
        self.accountID = accountID
        self.actor = actor
        self.errorCode = errorCode
        self.errorMessage = errorMessage
        self.isDataEvent = isDataEvent
        self.resources = resources
        self.parameters = parameters
    }

    /// Whether AWS denied the call for lack of permission, or could not tell whose it is. A call that failed for another
    /// reason was permitted.
    public var isRefused: Bool {
        if let errorMessage, errorMessage.contains("not authorized to perform") { return true }
        guard let errorCode = errorCode?.lowercased() else { return false }
        return Self.refusals.contains { errorCode.contains($0) }
    }

    /// Parts, in lower case, of the error codes that services return if they deny a call for lack of permission.
    private static let refusals = [
        "accessdenied", "unauthorized", "authorizationerror", "authorizationexception", "notauthorized", "forbidden",
        "insufficientprivileges", "permissiondenied", "nopermission",
        // Before a permission was looked for.
        "authfailure", "optinrequired", "expiredtoken", "requestexpired", "signaturedoesnotmatch",
        "unrecognizedclient", "missingauthenticationtoken", "invalidclienttokenid",
    ]

    func hasParameter(beginning text: String) -> Bool {
        parameters.contains { $0.key.hasPrefix(text) && !$0.value.allSatisfy(\.isEmpty) }
    }

    func parameter(_ names: String...) -> String? {
        for name in names {
            if let value = parameters[name]?.first, !value.isEmpty { return value }
        }
        return nil
    }
}

extension RecordedCall: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "eventID"
        case time = "eventTime"
        case source = "eventSource"
        case name = "eventName"
        case region = "awsRegion"
        case accountID = "recipientAccountId"
        case errorCode
        case errorMessage
        case category = "eventCategory"
        case managementEvent
        case identity = "userIdentity"
        case resources
        case parameters = "requestParameters"
    }

    private struct Identity: Decodable {
        var type: String?
        var arn: String?
        var accountId: String?
        var sessionContext: Context?

        struct Context: Decodable {
            var sessionIssuer: Issuer?
        }

        struct Issuer: Decodable {
            var arn: String?
        }
    }

    private struct Resource: Decodable {
        var arn: String?

        private enum CodingKeys: String, CodingKey {
            case upper = "ARN"
            case lower = "arn"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            arn =
                try fields.decodeIfPresent(String.self, forKey: .upper)
                ?? fields.decodeIfPresent(String.self, forKey: .lower)
        }
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let identity = try fields.decodeIfPresent(Identity.self, forKey: .identity)
        let category = try fields.decodeIfPresent(String.self, forKey: .category)
        let isManagement = try fields.decodeIfPresent(Bool.self, forKey: .managementEvent)
        self.init(
            id: try fields.decodeIfPresent(String.self, forKey: .id) ?? "",
            time: try fields.decode(String.self, forKey: .time),
            source: try fields.decode(String.self, forKey: .source),
            name: try fields.decode(String.self, forKey: .name),
            region: try fields.decodeIfPresent(String.self, forKey: .region) ?? "",
            accountID: try fields.decodeIfPresent(String.self, forKey: .accountID) ?? identity?.accountId ?? "",
            actor: identity?.sessionContext?.sessionIssuer?.arn ?? identity?.arn,
            errorCode: try fields.decodeIfPresent(String.self, forKey: .errorCode),
            errorMessage: try? fields.decodeIfPresent(String.self, forKey: .errorMessage),
            isDataEvent: category == "Data" || isManagement == false,
            resources: (try? fields.decodeIfPresent([Resource].self, forKey: .resources))?.compactMap(\.arn) ?? [],
            parameters: (try? fields.decodeIfPresent(RecordedParameters.self, forKey: .parameters))?.texts ?? [:])
    }
}

/// The strings in a JSON object of any shape.
private struct RecordedParameters: Decodable {
    var texts: [String: [String]] = [:]

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = (try? JSONDecoder().decode(Self.self, from: Data(text.utf8))) ?? Self(map: text)
        } else {
            try read(decoder.container(keyedBy: Name.self), under: "", depth: 0)
        }
    }

    /// - Parameter map: a map as a CloudTrail Lake query returns it: `{bucketName=logs, key=a/b}`. A value may contain
    ///   a comma and a space, too.
    private init(map: String) {
        guard map.hasPrefix("{"), map.hasSuffix("}") else { return }
        var last: String?
        for part in map.dropFirst().dropLast().split(separator: ", ", omittingEmptySubsequences: false) {
            let name = part.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
            if !name.isEmpty, part.dropFirst(name.count).first == "=" {
                last = String(name)
                texts[String(name), default: []].append(String(part.dropFirst(name.count + 1)))
            } else if let last, let value = texts[last]?.popLast() {
                texts[last]?.append("\(value), \(part)")
            }
        }
    }

    private mutating func read(_ object: KeyedDecodingContainer<Name>, under path: String, depth: Int) throws {
        guard depth < 6 else { return }
        for name in object.allKeys {
            let place = path.isEmpty ? name.stringValue : "\(path).\(name.stringValue)"
            if let text = try? object.decode(String.self, forKey: name) {
                texts[place, default: []].append(text)
            } else if let list = try? object.decode([String].self, forKey: name) {
                texts[place, default: []] += list
            } else if var list = try? object.nestedUnkeyedContainer(forKey: name) {
                // The objects of a list count under the name of the list.
                while !list.isAtEnd {
                    guard let inner = try? list.nestedContainer(keyedBy: Name.self) else { break }
                    try read(inner, under: place, depth: depth + 1)
                }
            } else if let inner = try? object.nestedContainer(keyedBy: Name.self, forKey: name) {
                try read(inner, under: place, depth: depth + 1)
            }
        }
    }
}
