import Basics
import FoundationEssentials

/// Credentials in the JSON format of the container endpoint, instance metadata and `credential_process`.
struct JSONCredentials: Decodable {
    var accessKeyID: String?
    var secretAccessKey: String?
    var sessionToken: String?
    var expiration: String?
    /// `credential_process`: the version of the format, 1.
    var version: Int?
    /// Instance metadata: `Success`, or an error code.
    var code: String?

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        accessKeyID = try values.decodeIfPresent(String.self, forKey: .accessKeyID)
        secretAccessKey = try values.decodeIfPresent(String.self, forKey: .secretAccessKey)
        sessionToken =
            try values.decodeIfPresent(String.self, forKey: .sessionToken)
            ?? values.decodeIfPresent(String.self, forKey: .token)
        expiration = try values.decodeIfPresent(String.self, forKey: .expiration)
        version = try values.decodeIfPresent(Int.self, forKey: .version)
        code = try values.decodeIfPresent(String.self, forKey: .code)
    }

    /// - Returns: `nil` if the bytes are not a JSON object of this format.
    static func read(_ bytes: [UInt8]) -> JSONCredentials? {
        try? JSONDecoder().decode(JSONCredentials.self, from: Data(bytes))
    }

    enum Flaw: Error {
        case missing(String)
        case notADate
    }

    func credentials() throws(Flaw) -> Credentials {
        guard let accessKeyID, !accessKeyID.isEmpty else { throw .missing("AccessKeyId") }
        guard let secretAccessKey, !secretAccessKey.isEmpty else { throw .missing("SecretAccessKey") }
        var date: Date?
        if let expiration {
            guard let parsed = Moment(answer: expiration)?.date else { throw .notADate }
            date = parsed
        }
        return Credentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken, expiration: date)
    }

    private enum CodingKeys: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case token = "Token"
        case expiration = "Expiration"
        case version = "Version"
        case code = "Code"
    }
}

extension JSONCredentials.Flaw: CustomStringConvertible {
    var description: String {
        switch self {
        case .missing(let name): "the answer has no \(name)"
        case .notADate: "the answer's Expiration is not a date"
        }
    }
}
