import Basics
import IAMPolicy

extension Policy {
    /// The statements that may let CloudTrail do something, whichever resources they name.
    ///
    /// A statement for any principal counts if CloudTrail's request can meet its conditions. It calls as a service: what
    /// is pinned to principals of an account or an organization is not for it.
    func statementsAdmittingCloudTrail(to action: String) -> [Statement] {
        let service = "cloudtrail.amazonaws.com"
        var context = RequestContext(ofService: service, facing: self)
        // CloudTrail's addresses are AWS's; this one stands for them, as it is in no customer's network either.
        context["aws:SourceIp"] = "198.51.100.1"
        let request = AccessRequest(.service(service), action, on: "*", context: context)
        return statements.filter { statement in
            var anywhere = statement
            anywhere.resources = nil
            let alone = NamedPolicy("statement", Policy(version: version, statements: [anywhere]))
            return statement.effect == .allow && !PolicySet(resource: alone).access(for: request).isRuledOut
        }
    }
}

extension Resources {
    /// Whether the element may name this resource: a policy variable in it may have any value.
    func mayName(_ arn: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.widest.matches(arn) }
        case .allExcept: match(arn)
        }
    }

    /// Whether the element may name an object of the bucket.
    func mayNameObjects(of bucketARN: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.widest.hasMatches(beginningWith: bucketARN + "/") }
        case .allExcept(let patterns): !Resources.only(patterns).cover(.only([ResourcePattern(bucketARN + "/*")]))
        }
    }
}

extension ResourcePattern {
    /// The pattern in which each policy variable is a wildcard.
    fileprivate var widest: ResourcePattern {
        ResourcePattern(text.replacing(/\$\{[^}]*\}/, with: "*"))
    }

    /// Whether some ARN that begins so matches: then a part of the pattern, from its start, matches that beginning, and
    /// the rest can match something.
    fileprivate func hasMatches(beginningWith beginning: String) -> Bool {
        guard let resource = ARN(text)?.resource else { return matches(beginning) }
        return resource.indices.contains { ResourcePattern(String(text[...$0])).matches(beginning) }
    }
}
