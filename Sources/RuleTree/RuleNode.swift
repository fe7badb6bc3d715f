/// A node of a rule file in YAML. Anchors and aliases are resolved, and tags are ignored.
public enum RuleNode: Sendable {
    case scalar(Scalar)
    case mapping(Mapping)
    case sequence(Sequence)

    public struct Scalar: Sendable {
        public var string: String
        /// Whether the scalar has no quotes, so that it may mean a number, a boolean or null.
        public var isPlain: Bool
        /// The line in the file, from 1.
        public var line: Int
    }

    /// Keys with their values, in the order of the file.
    public struct Mapping: Sendable {
        public private(set) var entries: [(key: RuleNode, value: RuleNode)]
        /// The line in the file, from 1.
        public var line: Int

        public init(_ entries: [(key: RuleNode, value: RuleNode)], line: Int) {
            self.entries = entries
            self.line = line
        }

        public var isEmpty: Bool { entries.isEmpty }

        /// The value of a key. Setting `nil` removes the key.
        public subscript(_ name: String) -> RuleNode? {
            get { place(of: name).map { entries[$0].value } }
            set {
                switch (place(of: name), newValue) {
                case (let place?, let value?): entries[place].value = value
                case (let place?, nil): entries.remove(at: place)
                case (nil, let value?):
                    entries.append((.scalar(Scalar(string: name, isPlain: true, line: line)), value))
                case (nil, nil): break
                }
            }
        }

        /// Sets the value of a key. A new key is appended.
        public mutating func set(_ key: RuleNode, _ value: RuleNode) {
            if let place = key.scalar.flatMap({ place(of: $0.string) }) {
                entries[place].value = value
            } else {
                entries.append((key, value))
            }
        }

        private func place(of name: String) -> Int? { entries.firstIndex { $0.key.scalar?.string == name } }
    }

    public struct Sequence: Sendable {
        public var elements: [RuleNode]
        /// The line in the file, from 1.
        public var line: Int

        public init(_ elements: [RuleNode], line: Int) {
            self.elements = elements
            self.line = line
        }
    }

    public var scalar: Scalar? { if case .scalar(let scalar) = self { scalar } else { nil } }
    public var mapping: Mapping? { if case .mapping(let mapping) = self { mapping } else { nil } }
    public var sequence: [RuleNode]? { if case .sequence(let sequence) = self { sequence.elements } else { nil } }

    /// The line in the file, from 1.
    public var line: Int {
        switch self {
        case .scalar(let scalar): scalar.line
        case .mapping(let mapping): mapping.line
        case .sequence(let sequence): sequence.line
        }
    }
}
