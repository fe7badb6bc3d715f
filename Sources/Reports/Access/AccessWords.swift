import IAMPolicy

/// Describes in plain words the conditions under which a request is allowed: "with MFA, from 10.0.0.0/8".
enum AccessWords {
    static func condition(of access: Access) -> String { words(access.requirement) }

    static func words(_ requirement: AccessRequirement) -> String {
        switch requirement {
        case .always: "always"
        case .never: "never"
        case .applies(let statement): words(statement)
        case .appliesNot(let statement): unless(statement)
        case .all(let parts):
            parts.map { part in isChoice(part) ? "(\(words(part)))" : words(part) }.joined(separator: ", ")
        case .any(let parts):
            parts.map { part in isList(part) ? "(\(words(part)))" : words(part) }.joined(separator: " or ")
        }
    }

    private static func isChoice(_ requirement: AccessRequirement) -> Bool {
        if case .any = requirement { true } else { false }
    }

    private static func isList(_ requirement: AccessRequirement) -> Bool {
        switch requirement {
        case .all: true
        case .applies(let statement): statement.conditions.count + statement.resources.count > 1
        case .always, .never, .appliesNot, .any: false
        }
    }

    private static func words(_ statement: UncertainStatement) -> String {
        (statement.conditions.map(words) + resources(statement)).joined(separator: ", ")
    }

    private static func resources(_ statement: UncertainStatement) -> [String] {
        statement.resources.isEmpty ? [] : ["if the resource is \(list(statement.resources))"]
    }

    /// The condition under which a deny statement does not apply.
    private static func unless(_ statement: UncertainStatement) -> String {
        if statement.resources.isEmpty, statement.conditions.count == 1,
            let opposite = opposite(statement.conditions[0])
        {
            return opposite
        }
        return "unless " + words(statement)
    }

    /// The words for a condition that must fail, if there are better ones than "unless".
    private static func opposite(_ condition: PolicyCondition) -> String? {
        guard condition.operator.quantifier == nil else { return nil }
        let isNegated = condition.operator.comparison.isNegated
        switch (condition.key.lowercased(), condition.operator.comparison) {
        case ("aws:multifactorauthpresent", .bool) where condition.values == ["false"]: return "with MFA"
        case (_, .stringNotEquals), (_, .stringNotLike), (_, .notIpAddress), (_, .arnNotEquals), (_, .arnNotLike),
            (_, .stringNotEqualsIgnoreCase):
            guard isNegated, let comparison = condition.operator.comparison.opposite else { return nil }
            // With IfExists, a request without the key is denied as well, so the request must have the key.
            return words(PolicyCondition(ConditionOperator(comparison), key: condition.key, values: condition.values))
        default: return nil
        }
    }

    // MARK: - One condition

    private static func words(_ condition: PolicyCondition) -> String {
        plain(condition) ?? condition.description
    }

    private static func plain(_ condition: PolicyCondition) -> String? {
        guard condition.operator.quantifier == nil else { return nil }
        let key = condition.key.lowercased()
        let values = list(condition.values)
        let exists = condition.operator.ifExists ? " (if known)" : ""
        switch condition.operator.comparison {
        case .bool: return boolean(key, condition.values, ifExists: condition.operator.ifExists)
        case .ipAddress where key == "aws:sourceip": return "from \(values)\(exists)"
        case .ipAddress where key == "aws:vpcsourceip": return "from \(values) in a VPC\(exists)"
        case .notIpAddress where key == "aws:sourceip": return "from addresses other than \(values)\(exists)"
        case .stringEquals, .stringLike, .arnEquals, .arnLike, .stringEqualsIgnoreCase:
            return equality(key, condition.key, values).map { $0 + exists }
        case .stringNotEquals, .stringNotLike, .arnNotEquals, .arnNotLike, .stringNotEqualsIgnoreCase:
            return equality(key, condition.key, values).map { "not \($0)" + exists }
        case .numericLessThan, .numericLessThanEquals:
            return key == "aws:multifactorauthage" ? "with MFA in the last \(values) seconds" : nil
        case .dateGreaterThan, .dateGreaterThanEquals: return key == "aws:currenttime" ? "after \(values)" : nil
        case .dateLessThan, .dateLessThanEquals: return key == "aws:currenttime" ? "before \(values)" : nil
        case .null where condition.values == ["true"]: return "without \(condition.key)"
        case .null where condition.values == ["false"]: return "with any \(condition.key)"
        default: return nil
        }
    }

    private static func boolean(_ key: String, _ values: [String], ifExists: Bool) -> String? {
        guard let value = values.first?.lowercased(), values.count == 1, ["true", "false"].contains(value) else {
            return nil
        }
        switch (key, value) {
        case ("aws:multifactorauthpresent", "true"): return ifExists ? "with MFA, or with an access key" : "with MFA"
        case ("aws:multifactorauthpresent", _): return ifExists ? "without MFA, or with an access key" : "without MFA"
        case ("aws:securetransport", "true"): return "with TLS"
        case ("aws:securetransport", _): return "without TLS"
        case ("aws:viaawsservice", "true"): return "through an AWS service"
        case ("aws:viaawsservice", _): return "not through an AWS service"
        case ("kms:grantisforawsresource", "true"): return "for a grant to an AWS service"
        default: return nil
        }
    }

    /// The words for a key that has one of the values.
    private static func equality(_ key: String, _ written: String, _ values: String) -> String? {
        if let phrase = phrases[key] { return "\(phrase) \(values)" }
        for (prefix, phrase) in prefixes where key.hasPrefix(prefix) {
            return "\(phrase) \(written.dropFirst(prefix.count)) = \(values)"
        }
        return nil
    }

    /// Source of the keys' meanings: IAM User Guide, "AWS global condition context keys"; AWS KMS Developer Guide,
    /// "Condition keys for AWS KMS".
    private static let phrases: [String: String] = [
        "aws:sourcevpc": "from the VPC", "aws:sourcevpce": "through the VPC endpoint",
        "aws:principalorgid": "from the organization", "aws:principalaccount": "from the account",
        "aws:principalarn": "as", "aws:principaltype": "as a caller of type",
        "aws:principalorgpaths": "from the organizational unit",
        "aws:sourceaccount": "on behalf of the account", "aws:sourcearn": "on behalf of",
        "aws:sourceorgid": "on behalf of the organization", "aws:requestedregion": "in the Region",
        "aws:resourceaccount": "on resources of the account", "aws:resourceorgid": "on resources of the organization",
        "aws:calledvia": "called through", "aws:username": "as the user", "aws:userid": "with the user ID",
        "aws:useragent": "with the user agent", "aws:referer": "with the referer",
        "sts:externalid": "with the external ID", "sts:rolesessionname": "with the session name",
        "iam:passedtoservice": "passed to", "kms:viaservice": "through", "kms:calleraccount": "from the account",
        "s3:prefix": "for keys that begin with", "s3:x-amz-acl": "with the canned ACL",
        "s3:x-amz-server-side-encryption": "with the encryption", "s3:dataaccesspointarn": "through the access point",
        "iam:policyarn": "for the policy", "iam:permissionsboundary": "with the boundary",
    ]

    private static let prefixes: [(String, String)] = [
        ("aws:principaltag/", "as a caller tagged"), ("aws:resourcetag/", "on resources tagged"),
        ("aws:requesttag/", "with the tag"), ("iam:resourcetag/", "on resources tagged"),
        ("s3:existingobjecttag/", "on objects tagged"), ("kms:encryptioncontext:", "with the encryption context"),
    ]

    private static func list(_ values: [String]) -> String {
        values.isEmpty ? "nothing" : values.joined(separator: " or ")
    }
}

extension ConditionOperator.Comparison {
    fileprivate var opposite: Self? {
        switch self {
        case .stringNotEquals: .stringEquals
        case .stringNotEqualsIgnoreCase: .stringEqualsIgnoreCase
        case .stringNotLike: .stringLike
        case .notIpAddress: .ipAddress
        case .arnNotEquals: .arnEquals
        case .arnNotLike: .arnLike
        default: nil
        }
    }
}
