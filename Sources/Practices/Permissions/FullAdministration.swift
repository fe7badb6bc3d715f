import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Evaluation of a policy document, shared by all checks on `*:*`.
enum FullAdministration {
    static let judges = """
        A statement fails if it allows every action on every resource, also by wider wildcards. Conditions do not \
        change the result and are listed. Statements that exclude actions or resources are not considered.
        """

    static let sources = [
        "IAM User Guide: Security best practices in IAM",
        "IAM User Guide: IAM JSON policy elements: Action",
    ]

    /// - Parameters:
    ///   - name: the policy's name in the message, at the beginning of a sentence.
    ///   - policyName: the name of an inline policy.
    /// - Throws: `Unknown` if the document cannot be read.
    static func judge(
        _ reading: Reading, _ document: PolicyDocument, named name: String, inline policyName: String? = nil
    ) throws(Unknown) -> Judgement {
        let policy = try reading.policy(document, from: .getAccountAuthorizationDetails)
        let evidence = Evidence.identity("PolicyDocument", .string(document.text), inline: policyName)
        if !policy.unconditionalFullAdministration.isEmpty {
            return .fail("\(name) allows all actions on all resources", evidence)
        }
        if let statement = policy.conditionalFullAdministration.first {
            let keys = Set(statement.conditions.map(\.key)).sorted().joined(separator: ", ")
            return .fail("\(name) allows all actions on all resources, with conditions on \(keys)", evidence)
        }
        return .pass("\(name) does not allow all actions on all resources", evidence)
    }
}

extension ManagedPolicy {
    /// Which version of the policy a statement or document is of: the one in force.
    var versionEvidence: Evidence { .identity("DefaultVersionId", .string(defaultVersionID)) }
}
