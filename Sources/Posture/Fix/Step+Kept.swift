import AWSClient
public import Basics

extension Step {
    /// A value that later steps need and AWS chooses, such as the ARN of a new resource. It is a part of the answer
    /// that shows the change, and the only part of an answer besides ``undo``'s IDs that a journal contains.
    public struct Kept: Sendable, Hashable, Codable {
        /// The name by which later steps refer to the value; unique in a plan.
        public var name: String
        /// The path to the value, from the root of the answer to the read call of ``Step/state``.
        public var at: [Observation.Part]
        /// The JMESPath expression for the value in the answer to the call itself, for the AWS CLI's `--query`.
        public var query: String

        public init(_ name: String, query: String, at: Observation.Part...) {
            self.name = name
            self.query = query
            self.at = at
        }

        /// A placeholder for the value, `{"$kept": NAME}`, in later steps.
        public var reference: JSON { ["$kept": .string(name)] }
    }

    /// Returns the step with its placeholders replaced by values that earlier steps kept.
    /// - Throws: ``Failure`` if no earlier step kept a value that the step refers to.
    public func resolved(by kept: [String: JSON]) throws(Failure) -> Step {
        func value(_ value: JSON) throws(Failure) -> JSON {
            try value.replacing("$kept") { name throws(Failure) in
                guard let text = name.text, let value = kept[text] else {
                    throw Failure(
                        "the step cannot be done", why: "no earlier step gave '\(name.text ?? "")'",
                        advice: "make the plan again")
                }
                return value
            }
        }
        var step = self
        step.state.read.parameters = try value(state.read.parameters)
        step.before = try value(before)
        step.after = try value(after)
        step.undone = try undone.map { undone throws(Failure) in try value(undone) }
        step.call.parameters = try value(call.parameters)
        step.undo?.parameters = try value(undo?.parameters ?? .null)
        step.redo?.parameters = try value(redo?.parameters ?? .null)
        for index in step.unchanged.indices {
            step.unchanged[index].state.read.parameters = try value(unchanged[index].state.read.parameters)
            step.unchanged[index].value = try value(unchanged[index].value)
        }
        return step
    }

    /// Returns the value to keep, by its name, from the answer that shows the change; nothing if the step keeps none.
    /// - Throws: ``Failure`` if the answer lacks it.
    public func kept(of answer: JSON) throws(Failure) -> [String: JSON]? {
        guard let keeps else { return nil }
        var observation = state
        observation.at = keeps.at
        let value = try observation.part(of: answer)
        guard !value.isNull else {
            throw Failure(
                "'\(keeps.name)' is not known", why: "\(state.read.name) does not show it",
                advice: "apply the plan again")
        }
        return [keeps.name: value]
    }
}

extension JSON {
    /// The name of the kept value that a placeholder stands for; `nil` if the value is no placeholder.
    public var keptName: String? { object?.count == 1 ? self["$kept"]?.text : nil }

    /// Returns the value with each object that has the marker as a member replaced.
    /// - Parameter replacement: returns the replacement for the marker's value.
    public func replacing(
        _ marker: String, by replacement: (JSON) throws(Failure) -> JSON
    ) throws(Failure) -> JSON {
        switch self {
        case .array(let elements):
            var replaced: [JSON] = []
            for element in elements { replaced.append(try element.replacing(marker, by: replacement)) }
            return .array(replaced)
        case .object(let object):
            if let value = object[marker] { return try replacement(value) }
            var members: [JSON.Object.Member] = []
            for member in object.members {
                members.append(.init(member.name, try member.value.replacing(marker, by: replacement)))
            }
            return .members(members)
        default: return self
        }
    }

    /// Whether the value contains an object that has the marker as a member.
    func has(marker: String) -> Bool {
        switch self {
        case .object(let object): object[marker] != nil || object.members.contains { $0.value.has(marker: marker) }
        case .array(let elements): elements.contains { $0.has(marker: marker) }
        default: false
        }
    }
}
