public import Basics

/// An answer as a JSON value, whatever the service's protocol. In an XML answer, lists become arrays, `true` and
/// `false` become booleans, and all other text becomes strings.
public struct RawAnswer: Decodable, Sendable {
    public var value: JSON

    public init(from decoder: any Decoder) throws {
        value = try JSON(from: decoder)
    }

    /// - Throws: if the answer of a read has another shape. The answer of a write is not used, and can be empty.
    init(_ response: HTTPResponse, of request: some Request) throws {
        let isWrite = request is WriteRequest<RawAnswer>
        let operation = request.operation
        switch operation.service.wireProtocol {
        case _ where isWrite: value = .object(JSON.Object())
        case .awsJSON, .restJSON: value = try JSON(parsing: response.body)
        // The answer to `GetBucketPolicy` is the policy itself.
        case .restXML where request.answerElements.isEmpty: value = try JSON(parsing: response.body)
        case .restXML:
            let tree = try XMLTree(parsing: response.body)
            try AnswerDecoder.expect(tree, root: request.answerElements)
            value = tree.members(of: tree.root)
        case .ec2:
            let tree = try XMLTree(parsing: response.body)
            try AnswerDecoder.expect(tree, root: ["\(operation.name)Response"])
            value = tree.members(of: tree.root)
        case .query:
            let tree = try XMLTree(parsing: response.body)
            try AnswerDecoder.expect(tree, root: ["\(operation.name)Response"])
            guard let result = tree.child(of: tree.root, named: "\(operation.name)Result") else {
                throw AnswerError(description: "the answer has no \(operation.name)Result")
            }
            value = tree.members(of: result)
        }
        guard value.object != nil else { throw AnswerError(description: "the answer is no object") }
    }
}

extension XMLTree {
    /// Returns the element as an object, even if it is empty.
    fileprivate func members(of node: Int) -> JSON {
        nodes[node].children.isEmpty ? .object(JSON.Object()) : json(node)
    }

    private func json(_ node: Int) -> JSON {
        let children = nodes[node].children
        if children.isEmpty {
            let text = string(node)
            return text == "true" ? true : text == "false" ? false : .string(text)
        }
        if children.allSatisfy({ ["member", "item"].contains(nodes[$0].name) }) {
            return .array(children.map(json))
        }
        var members: [JSON.Object.Member] = []
        for child in children {
            let name = nodes[child].name
            guard let place = members.firstIndex(where: { $0.name == name }) else {
                members.append(.init(name, json(child)))
                continue
            }
            // A repeated name is a list without an element around it.
            members[place].value = .array((members[place].value.elements ?? [members[place].value]) + [json(child)])
        }
        return .members(members)
    }
}
