import Basics
import Crypto
import FoundationEssentials

/// What a request of Amazon S3 carries: a configuration as XML, or a text such as a policy as it is.
enum XMLBody {
    /// - Parameter parameters: one at most: its name is that of the outermost element.
    static func encode(_ parameters: [String: JSON], into http: inout HTTPRequest) {
        guard let (name, value) = parameters.first else { return }
        if case .string(let text) = value {
            http.body = Array(text.utf8)
        } else {
            http.headers.append(.init("Content-Type", "application/xml"))
            let root = "<\(name) xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            http.body = Array((root + content(value) + "</\(name)>").utf8)
        }
        // Amazon S3 takes no configuration without a checksum (Amazon S3 API Reference, "PutBucketPolicy").
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
                // A list stands without an element around it.
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
            // A parser would take a plain one for a line feed.
            case "\r": result += "&#13;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
