import Basics
import Crypto
import FoundationEssentials

/// Body of an Amazon S3 request: a configuration as XML, or plain text such as a policy.
enum XMLBody {
    /// - Parameter parameters: at most one; its name becomes the name of the outermost element.
    static func encode(_ parameters: [String: JSON], into http: inout HTTPRequest) {
        guard let (name, value) = parameters.first else { return }
        if case .string(let text) = value {
            http.body = Array(text.utf8)
        } else {
            http.headers.append(.init("Content-Type", "application/xml"))
            let root = "<\(name) xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            http.body = Array((root + content(value) + "</\(name)>").utf8)
        }
        // Amazon S3 requires a checksum with every configuration (Amazon S3 API Reference, "PutBucketPolicy").
        let digest = Data(SHA256.hash(data: http.body)).base64EncodedString()
        http.headers.append(.init("x-amz-sdk-checksum-algorithm", "SHA256"))
        http.headers.append(.init("x-amz-checksum-sha256", digest))
    }

    private static func content(_ value: JSON) -> String {
        switch value {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.description
        case .string(let text): escaped(text)
        case .array(let elements): elements.map(content).joined()
        case .object(let object):
            object.members.map { member in
                // The elements of a list have no element around them.
                (member.value.elements ?? [member.value])
                    .map { "<\(member.name)>\(content($0))</\(member.name)>" }.joined()
            }.joined()
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // An XML parser would turn an unescaped carriage return into a line feed.
            case "\r": result += "&#13;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
