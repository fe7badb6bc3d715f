import Basics
import Foundation
import Inventory
import Practices
import Testing
import TestSupport

@testable import AWSClient

/// The second opinion on the wire: botocore's service models, read by `Tests/Support/python/shapes.py`.
@Suite struct ShapeTests {
    /// Every request that a facet makes, and those that none makes.
    static let requests: [any Request] =
        Catalogue.facets.sorted().flatMap(\.requests) + [
            STS.getCallerIdentity(), Organizations.listAccounts(),
            CloudTrail.updateTrail("t", enableLogFileValidation: true),
            EC2.createFlowLogs(vpc: "v", bucket: "b", token: "t"),
        ]

    @Test func everyMemberThatIsReadOrSentIsInTheModel() async throws {
        let names = Set(Self.requests.map { Self.name($0) }).sorted()
        let outcome = try await Subprocess.python("Tests/Support/python/shapes.py", names)
        try #require(outcome.status == 0, "\(outcome.standardError)")
        let models = try JSONDecoder().decode([String: JSON].self, from: Data(outcome.standardOutput.utf8))
        for request in Self.requests {
            try check(request, model: try #require(models[Self.name(request)], "no model of \(request.operation)"))
        }
    }

    /// The operation as botocore names it.
    private static func name(_ request: some Request) -> String {
        let service = request.operation.service
        return "\(service == .s3Control ? "s3control" : service.endpointPrefix):\(request.operation.name)"
    }

    private func check<R: Request>(_ request: R, model: JSON) throws {
        let name = Self.name(request)
        let payload = model[at: "output"][at: "payload"].words
        let output = payload.isEmpty ? model[at: "output"] : model[at: "output"][at: "members"][at: payload]
        for member in try membersRead(R.Output.self) {
            expect(member, isIn: output, of: name)
        }
        for parameter in request.parameters.keys {
            let isKnown = model[at: "input"][at: "members"].members.contains { $0.value[at: "wire"].words == parameter }
            #expect(isKnown, "\(name) takes no \(parameter)")
        }
        expectSameProtocol(request.operation.service, model, name)
        if let token = (request as? ReadRequest<R.Output>)?.paging?.tokenParameter {
            let inputs = model[at: "pagination"][at: "input_token"]
            #expect(
                inputs == .string(token) || inputs.strings.contains(token)
                    || model[at: "input"].member(wire: token) != nil, "\(name) pages by \(inputs)")
        }
    }

    /// None of an answer that is not made of members: a text, an object, a bucket's location.
    private func membersRead<Output: Decodable>(_ type: Output.Type) throws -> [[ShapeRecorder.Step]] {
        if [ObjectIdentifier(TextAnswer.self), ObjectIdentifier(BucketLocationAnswer.self)].contains(
            ObjectIdentifier(type))
        {
            return []
        }
        let recorder = ShapeRecorder()
        _ = try Output(from: recorder)
        return recorder.paths
    }

    private func expect(_ path: [ShapeRecorder.Step], isIn node: JSON, of operation: String) {
        var node = node
        for step in path {
            switch step {
            case .member(let wire):
                let wires = node[at: "members"].members.map { $0.value[at: "wire"].words.lowercased() }
                #expect(Set(wires).count == wires.count, "\(operation): names above \(wire) differ in case only")
                guard let member = node.member(wire: wire) else {
                    Issue.record("\(operation) answers no \(path)")
                    return
                }
                node = member
            case .element:
                guard ["list", "map"].contains(node[at: "type"].words) else {
                    Issue.record("\(operation): \(path) is no list in the model")
                    return
                }
                node = node[at: "type"].words == "map" ? node.asMapEntry : node[at: "element"]
            case .leaf(let kind):
                #expect(
                    kind.admits(node[at: "type"].words),
                    "\(operation): \(path) is a \(node[at: "type"].words) in the model")
            }
        }
    }

    private func expectSameProtocol(_ service: Service, _ model: JSON, _ name: String) {
        switch service.wireProtocol {
        case .awsJSON(let version, let prefix):
            #expect(model[at: "jsonVersion"].words == version, "\(name)")
            #expect(model[at: "targetPrefix"].words == prefix, "\(name)")
        case .query(let version), .ec2(let version):
            #expect(model[at: "apiVersion"].words == version, "\(name)")
        case .restXML, .restJSON: break
        }
        let signingName = model[at: "signingName"].words
        #expect(signingName.isEmpty || signingName == service.signingName, "\(name)")
    }
}

extension JSON {
    fileprivate var members: [JSON.Object.Member] { object?.members ?? [] }
    fileprivate subscript(at name: String) -> JSON { object?[name] ?? .null }
    fileprivate var words: String { text ?? "" }
    fileprivate var strings: [String] { elements?.map(\.words) ?? [] }

    /// The member that travels under the name, in whatever case.
    fileprivate func member(wire: String) -> JSON? {
        self[at: "members"].members.first { $0.value[at: "wire"].words.lowercased() == wire.lowercased() }?.value
    }

    /// A map on the XML wire is a list of entries with a key and a value.
    fileprivate var asMapEntry: JSON {
        [
            "type": "structure",
            "members": [
                "k": ["type": "string", "wire": "key"],
                "v": .object(
                    JSON.Object([.init("wire", "value")] + self[at: "element"].members.filter { $0.name != "wire" })),
            ],
        ]
    }
}
