import Inventory

// Setters and statements that the checks' examples share.

extension Account {
    /// Sets the statements of the sample role's trust policy.
    mutating func hold(trust statements: String...) {
        let document = PolicyDocument(
            #"{"Version": "2012-10-17", "Statement": [\#(statements.joined(separator: ", "))]}"#)
        hold(roles: [.sample { $0.assumeRolePolicyDocument = document }])
    }
}

enum SampleTrust {
    static let organization = Organization(id: "o-a1b2c3d4e5", masterAccountID: "111111111111")

    /// Returns a statement that lets the principal assume the role.
    static func of(
        _ principal: String, action: String = "sts:AssumeRole", _ condition: String = "{}"
    ) -> String {
        #"{"Effect": "Allow", "Principal": \#(principal), "Action": "\#(action)", "Condition": \#(condition)}"#
    }

    static let everybody = #"{"AWS": "*"}"#
    static let own = #"{"AWS": "arn:aws:iam::123456789012:root"}"#
    static let stranger = #"{"AWS": "arn:aws:iam::999999999999:root"}"#
    static let externalID = #"{"StringEquals": {"sts:ExternalId": "ledgerworks-7731"}}"#
    static let sameOrganization = #"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
    static let otherOrganization = #"{"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}}"#
}
