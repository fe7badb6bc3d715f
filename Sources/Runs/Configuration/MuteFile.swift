public import Basics
import AWSClient
import FoundationEssentials
public import Posture
import Yams

/// The findings that the user has accepted, in YAML: each entry says which, who owns the decision, why, and until
/// when.
public enum MuteFile {
    /// - Throws: ``Failure`` for an entry that is not understood: a mute that silently fails, or mutes too much, is
    ///   worse than none.
    public static func read(_ path: String) throws(Failure) -> [Mute] {
        let text = try InputFile.text(path)
        do {
            let entries = try YAMLDecoder().decode([Entry].self, from: text)
            return try entries.enumerated().map { index, entry in
                try entry.mute(number: index + 1)
            }
        } catch let problem as MuteProblem {
            throw Failure("\(path) cannot be used", why: problem.why, advice: problem.advice)
        } catch {
            throw Failure(
                "\(path) cannot be used", why: "it is not a list of entries in YAML (\(error.plainYAML))",
                advice: "each entry takes check, resource, account, region, owner, reason and until")
        }
    }

    private struct Entry: Decodable {
        var check: String?
        var resource: String?
        var account: String?
        var region: String?
        var owner: String?
        var reason: String?
        var until: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case check, resource, account, region, owner, reason, until
        }

        private struct AnyKey: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { return nil }
        }

        init(from decoder: any Decoder) throws {
            let known = Set(CodingKeys.allCases.map(\.rawValue))
            for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
                throw MuteProblem(
                    why: "there is no '\(key.stringValue)' in an entry",
                    advice: "it takes \(CodingKeys.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let values = try decoder.container(keyedBy: CodingKeys.self)
            check = try values.decodeIfPresent(String.self, forKey: .check)
            resource = try values.decodeIfPresent(String.self, forKey: .resource)
            account = try values.decodeIfPresent(String.self, forKey: .account)
            region = try values.decodeIfPresent(String.self, forKey: .region)
            owner = try values.decodeIfPresent(String.self, forKey: .owner)
            reason = try values.decodeIfPresent(String.self, forKey: .reason)
            until = try values.decodeIfPresent(String.self, forKey: .until)
        }

        func mute(number: Int) throws -> Mute {
            guard let check, let reason else {
                throw MuteProblem(
                    why: "entry \(number) lacks its check or its reason", advice: "say both; check may be '*'")
            }
            var end: Date?
            if let until {
                guard let day = Moment(typed: until)?.date else {
                    throw MuteProblem(why: "entry \(number): '\(until)' is not a date", advice: "write 2026-12-31")
                }
                end = day
            }
            return Mute(
                check: check, resource: resource ?? "*", account: account ?? "*", region: region ?? "*", owner: owner,
                reason: reason, until: end)
        }
    }
}

private struct MuteProblem: Error {
    var why: String
    var advice: String
}

extension Error {
    fileprivate var plainYAML: String {
        if let error = self as? DecodingError, case .dataCorrupted(let context) = error,
            let cause = context.underlyingError
        {
            return "\(cause)"
        }
        return "\(self)"
    }
}
