import Basics

/// A question to the evaluator as it stands in a file of cases: a request and all the policies that have a say in it.
public struct AccessCase: Sendable {
    public let id: String
    public let request: AccessRequest
    public let policies: PolicySet

    public init(id: String, request: AccessRequest, policies: PolicySet) {
        self.id = id
        self.request = request
        self.policies = policies
    }

    public var decision: Decision { policies.decision(on: request) }

    /// The cases of a file in their order, each read or with the reason why it cannot be.
    ///
    /// A case that is malformed leaves the others readable, as long as its brackets and quotation marks are in balance.
    ///
    /// - Throws: `AccessCaseError` if the text as a whole is no array.
    public static func read(_ bytes: [UInt8]) throws(AccessCaseError) -> [Entry] {
        // Some editors begin a file with a byte order mark, which RFC 8259 lets a reader skip.
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let texts = RawJSON.elements(of: text) else {
            throw AccessCaseError("the file is no JSON array of cases")
        }
        var seen: Set<String> = []
        return texts.map { text in
            let id = AccessCaseReader.id(of: text)
            do throws(AccessCaseError) {
                let entry = try AccessCaseReader(text, id: id).accessCase()
                guard seen.insert(entry.id).inserted else { throw AccessCaseError("the id stands twice in the file") }
                return Entry(id: id, result: .success(entry))
            } catch {
                return Entry(id: id, result: .failure(error))
            }
        }
    }

    /// What stands at one place of a file of cases.
    public struct Entry: Sendable {
        /// `nil` if the case has none that can be read.
        public let id: String?
        public let result: Result<AccessCase, AccessCaseError>

        /// The answer, as an object on one line: the decision with its reasons, or the error.
        public var answerJSON: String {
            var members: JSON.Object = ["id": JSON(id)]
            switch result {
            case .success(let entry):
                let decision = entry.decision
                members["decision"] = .string(decision.outcome.rawValue)
                members["because"] = .array(decision.because.map(\.json))
            case .failure(let error):
                members["error"] = .string(error.description)
            }
            return JSON.object(members).written(.compact)
        }
    }
}

/// Why a case, or a file of cases, cannot be read.
public struct AccessCaseError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension DecidingStatement {
    fileprivate var json: JSON {
        ["policy": .string(policy), "statement": .string(statement), "effect": .string(effect.rawValue)]
    }
}
