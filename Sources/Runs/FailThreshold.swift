public import Basics

/// The least severity of failing findings that makes a run end as ``ExitStatus/found``.
public enum FailThreshold: Sendable, Hashable {
    /// No finding does, whatever its severity.
    case none
    /// Findings of at least this severity do.
    case from(Severity)

    /// - Parameter text: `none`, or a severity.
    public init?(_ text: String) {
        if text == "none" {
            self = .none
        } else {
            guard let severity = Severity(rawValue: text) else { return nil }
            self = .from(severity)
        }
    }

    public static let names = ["none"] + Severity.allCases.map(\.rawValue)

    func holds(_ severity: Severity) -> Bool {
        switch self {
        case .none: false
        case .from(let least): severity >= least
        }
    }
}

extension FailThreshold: CustomStringConvertible {
    public var description: String {
        switch self {
        case .none: "none"
        case .from(let severity): severity.rawValue
        }
    }
}
