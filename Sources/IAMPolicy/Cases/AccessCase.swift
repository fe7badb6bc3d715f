import Basics

/// A case of a case file: a request and all policies that apply to it.
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

    /// Reads the cases of a file in their order. An entry holds a case, or the reason why it cannot be read.
    ///
    /// A malformed case leaves the others readable, as long as its brackets and quotation marks are balanced.
    ///
    /// - Throws: `AccessCaseError` if the text as a whole is not an array.
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

    /// One element of a case file.
    public struct Entry: Sendable {
        /// The id of the case; `nil` if the case has none that can be read.
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

/// The reason why a case, or a case file, cannot be read.
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
