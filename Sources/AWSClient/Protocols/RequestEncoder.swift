import Basics
import FoundationEssentials

/// Encodes a request in its service's wire protocol.
///
/// Source: the protocol chapters of the Smithy documentation ("AWS JSON 1.0/1.1 protocol", "AWS query protocol",
/// "AWS EC2 query protocol", "AWS restXml protocol").
enum RequestEncoder {
    static func encode(
        _ request: some Request, to endpoint: Endpoint, addressing: S3Addressing
    ) throws -> HTTPRequest {
        var http = HTTPRequest(
            scheme: endpoint.scheme, host: endpoint.host, port: endpoint.port, path: endpoint.path)
        switch request.operation.service.wireProtocol {
        case .awsJSON(let version, let targetPrefix):
            http.method = "POST"
            http.headers = [
                .init("Content-Type", "application/x-amz-json-\(version)"),
                .init("X-Amz-Target", "\(targetPrefix).\(request.operation.name)"),
            ]
            http.body = JSON.object(JSON.Object(request.parameters)).bytes()
        case .query(let apiVersion), .ec2(let apiVersion):
            http.method = "POST"
            http.headers = [.init("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
            let lists: FormEncoder.ListStyle =
                if case .ec2 = request.operation.service.wireProtocol { .ec2 } else { .query }
            let fields =
                [("Action", request.operation.name), ("Version", apiVersion)]
                + FormEncoder.fields(request.parameters, lists: lists)
            http.body = Array(
                fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
                    .joined(separator: "&").utf8)
        case .restXML, .restJSON:
            let binding = request.binding
            http.method = binding.method
            http.query = binding.query
            http.headers = binding.headers
            var path = PercentEncoding.encode(binding.path, keepingSlash: true)
            if let bucket = binding.bucket {
                if addressing == .virtualHost {
                    http.host = "\(bucket).\(http.host)"
                } else {
                    path = PercentEncoding.encode(bucket) + (path.isEmpty ? "" : "/" + path)
                }
            }
            http.path = (http.path.hasSuffix("/") ? String(http.path.dropLast()) : http.path) + "/" + path
            if case .restXML = request.operation.service.wireProtocol {
                XMLBody.encode(request.parameters, into: &http)
            } else if !request.parameters.isEmpty {
                http.headers.append(.init("Content-Type", "application/json"))
                http.body = JSON.object(JSON.Object(request.parameters)).bytes()
            }
        }
        return http
    }
}

/// Flattens nested parameters into the names of form bodies: `Filter.member.1`, `Tag.1.Key`.
enum FormEncoder {
    enum ListStyle {
        /// `Name.member.N`
        case query
        /// `Name.N`
        case ec2
    }

    static func fields(_ parameters: [String: JSON], lists: ListStyle) -> [(String, String)] {
        parameters.sorted { $0.key < $1.key }.flatMap { fields($0.value, under: $0.key, lists: lists) }
    }

    private static func fields(_ value: JSON, under name: String, lists: ListStyle) -> [(String, String)] {
        switch value {
        case .null: []
        case .bool(let value): [(name, value ? "true" : "false")]
        case .number(let value): [(name, "\(value)")]
        case .string(let value): [(name, value)]
        case .array(let values):
            values.enumerated().flatMap { index, value in
                fields(value, under: "\(name)\(lists == .query ? ".member" : "").\(index + 1)", lists: lists)
            }
        case .object(let object):
            object.members.flatMap { fields($0.value, under: "\(name).\($0.name)", lists: lists) }
        }
    }
}
