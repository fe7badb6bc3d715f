/// A value that was seen, or the reason why there is none, with the call through which it was or would have been seen.
///
/// A check reads a fact with `try fact.value`; an unknown fact thereby makes the finding `unknown`. Nothing that was not
/// seen can become a pass.
public struct Fact<Value: Sendable>: Sendable {
    public enum State: Sendable {
        case known(Value)
        case unknown(Unknown)
    }

    public var state: State
    /// The API call, such as `cloudtrail:DescribeTrails`. A fact that is read from an account by its facet has one.
    public var source: String?

    public static func known(_ value: Value, from source: String? = nil) -> Fact {
        Fact(state: .known(value), source: source)
    }

    public static func unknown(_ unknown: Unknown) -> Fact {
        Fact(state: .unknown(unknown), source: unknown.call)
    }

    /// The value that was seen.
    /// - Throws: ``Unknown`` if there is none.
    public var value: Value {
        get throws(Unknown) {
            switch state {
            case .known(let value): return value
            case .unknown(let unknown): throw unknown
            }
        }
    }

    /// A fact that was not read in this run, because no chosen check reads it.
    public static var notCollected: Fact {
        .unknown(Unknown(.notCollected, detail: "not collected in this snapshot; scan again"))
    }

    /// The same fact about a value derived from this one.
    public func map<Derived>(_ transform: (Value) throws(Unknown) -> Derived) -> Fact<Derived> {
        do throws(Unknown) {
            return Fact<Derived>(state: .known(try transform(try value)), source: source)
        } catch {
            return Fact<Derived>(state: .unknown(error.asked(of: source)), source: source)
        }
    }

    /// The same fact, seen through a call unless it already says through which.
    func seen(through call: String?) -> Fact { Fact(state: state, source: source ?? call) }
}

/// Facts are equal if they say the same, whatever call it was seen through.
extension Fact: Equatable where Value: Equatable {
    public static func == (one: Fact, other: Fact) -> Bool { one.state == other.state }
}

extension Fact: Hashable where Value: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(state) }
}

extension Fact.State: Equatable where Value: Equatable {}
extension Fact.State: Hashable where Value: Hashable {}

/// The source is left out: it is that of the facet.
extension Fact: Codable where Value: Codable {
    private enum CodingKeys: CodingKey {
        case known, unknown
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let unknown = try container.decodeIfPresent(Unknown.self, forKey: .unknown) {
            self = .unknown(unknown)
        } else {
            self = .known(try container.decode(Value.self, forKey: .known))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch state {
        case .known(let value): try container.encode(value, forKey: .known)
        case .unknown(let unknown): try container.encode(unknown, forKey: .unknown)
        }
    }
}

/// Why a fact is not known, and what would settle it.
public struct Unknown: Error, Hashable, Sendable, Codable {
    public enum Reason: String, Hashable, Sendable, Codable {
        /// The caller lacks ``Unknown/permission``.
        case accessDenied
        /// AWS went on refusing for too many calls until the retries were spent.
        case throttled
        /// The call failed in another way: a server error, no connection, an answer that cannot be read.
        case failed
        /// The answer ended before all of it was read.
        case truncated
        /// The resource belongs to another account, which alone may be asked.
        case anotherAccount
        /// What another resource points at does not exist, or cannot be seen.
        case notFound
        /// AWS has not produced it yet, such as a first delivery.
        case notYet
        /// No chosen check reads the fact, so it was not asked for.
        case notCollected
        /// Parapet has no model of what AWS would do.
        case notModeled
    }

    public var reason: Reason
    /// The API call that would have told, such as `cloudtrail:DescribeTrails`.
    public var call: String?
    /// The IAM action that is missing, if that is the reason.
    public var permission: String?
    /// A policy forbids the call, so that allowing it elsewhere would not settle anything.
    public var isExplicitlyDenied: Bool
    /// AWS's own words, or ours, on what went wrong.
    public var detail: String

    public init(
        _ reason: Reason, call: String? = nil, permission: String? = nil, isExplicitlyDenied: Bool = false,
        detail: String
    ) {
        self.reason = reason
        self.call = call
        self.permission = permission
        self.isExplicitlyDenied = isExplicitlyDenied
        self.detail = detail
    }

    /// The same, with the call that would have told unless it already names one.
    public func asked(of call: String?) -> Unknown {
        var unknown = self
        unknown.call = self.call ?? call
        return unknown
    }

    /// One sentence for a person, with the permission that would settle it.
    public var explanation: String {
        let asked = call.map { "\($0): " } ?? ""
        return switch reason {
        case .accessDenied where isExplicitlyDenied: "\(asked)access denied explicitly (\(detail))"
        case .accessDenied: "\(asked)access denied: the caller needs \(permission ?? call ?? "a permission")"
        case .throttled: "\(asked)throttled; retries exhausted (\(detail))"
        case .failed, .truncated: "\(asked)\(detail)"
        case .anotherAccount, .notFound, .notYet, .notCollected, .notModeled: "\(asked)\(detail)"
        }
    }
}
