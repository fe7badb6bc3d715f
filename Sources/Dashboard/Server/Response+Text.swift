import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A text that no cache keeps.
    static func text(
        _ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var fields: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        for field in headers { fields[field.name] = field.value }
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Names of header fields.
enum HTTPFieldNames {
    /// - Returns: `nil` if it is not a token.
    static func name(_ text: String) -> HTTPField.Name? { text.utf8.count <= 100 ? HTTPField.Name(text) : nil }

    /// What proxies add.
    static let forwarding: Set<HTTPField.Name> = Set(
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"].compactMap { HTTPField.Name($0) })
}
