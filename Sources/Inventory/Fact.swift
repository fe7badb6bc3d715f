/// A value that was read, or the reason why there is none, with the call that returned or would have returned it.
///
/// A check reads a fact with `try fact.value`, so an unknown fact makes the finding `unknown`. A value that was not
/// read can never become a pass.
public struct Fact<Value: Sendable>: Sendable {
    public enum State: Sendable {
        case known(Value)
        case unknown(Unknown)
    }

    public var state: State
    /// The API call, such as `cloudtrail:DescribeTrails`. A fact that is read from an account by its facet always has
    /// one.
    public var source: String?

    public static func known(_ value: Value, from source: String? = nil) -> Fact {
        Fact(state: .known(value), source: source)
    }

    public static func unknown(_ unknown: Unknown) -> Fact {
        Fact(state: .unknown(unknown), source: unknown.call)
    }

    /// The value that was read.
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

    /// Returns the fact of a value that is derived from this one, with the same source.
    public func map<Derived>(_ transform: (Value) throws(Unknown) -> Derived) -> Fact<Derived> {
        do throws(Unknown) {
            return Fact<Derived>(state: .known(try transform(try value)), source: source)
        } catch {
            return Fact<Derived>(state: .unknown(error.asked(of: source)), source: source)
        }
    }

    /// Returns the same fact with `call` as its source unless it already has one.
    func seen(through call: String?) -> Fact { Fact(state: state, source: source ?? call) }
}

/// Facts are equal if their states are equal, whatever their sources.
extension Fact: Equatable where Value: Equatable {
    public static func == (one: Fact, other: Fact) -> Bool { one.state == other.state }
}

extension Fact: Hashable where Value: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(state) }
}

extension Fact.State: Equatable where Value: Equatable {}
extension Fact.State: Hashable where Value: Hashable {}

/// The source is not coded: it is the call of the facet.
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

/// Reason why a fact is unknown, and the call or permission that would make it known.
public struct Unknown: Error, Hashable, Sendable, Codable {
    public enum Reason: String, Hashable, Sendable, Codable {
        /// The caller lacks ``Unknown/permission``.
        case accessDenied
        /// AWS throttled the call until the retries were used up.
        case throttled
        /// The call failed in another way: a server error, no connection, an answer that cannot be read.
        case failed
        /// The answer ended before all of it was read.
        case truncated
        /// The resource belongs to another account, and only that account can read it.
        case anotherAccount
        /// A resource that another resource refers to does not exist, or is not visible to the caller.
        case notFound
        /// AWS has not produced the data yet, such as a first delivery.
        case notYet
        /// No chosen check reads the fact, so it was not read.
        case notCollected
        /// Parapet has no model of what AWS would do.
        case notModeled
    }

    public var reason: Reason
    /// The API call that would have returned the value, such as `cloudtrail:DescribeTrails`.
    public var call: String?
    /// The missing IAM action, if access was denied.
    public var permission: String?
    /// Whether a policy explicitly denies the call, or no policy of the organization allows it; an allow in another
    /// policy would then not help.
    public var isExplicitlyDenied: Bool
    /// AWS's message or ours about the cause.
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

    /// Returns the same with `call` as its call, unless it already has one or nothing was asked.
    public func asked(of call: String?) -> Unknown {
        guard reason != .notCollected else { return self }
        var unknown = self
        unknown.call = self.call ?? call
        return unknown
    }

    /// One sentence for the user, with the permission that would make the fact known.
    public var explanation: String {
        let asked = call.map { "\($0): " } ?? ""
        return switch reason {
        case .accessDenied where isExplicitlyDenied: "\(asked)access denied by a policy (\(detail))"
        case .accessDenied: "\(asked)access denied: the caller needs \(permission ?? call ?? "a permission")"
        case .throttled: "\(asked)throttled; retries exhausted (\(detail))"
        case .failed, .truncated: "\(asked)\(detail)"
        case .anotherAccount, .notFound, .notYet, .notCollected, .notModeled: "\(asked)\(detail)"
        }
    }
}
