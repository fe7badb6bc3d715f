import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// What all the checks on `*:*` share: how a document is judged.
enum FullAdministration {
    static let judges = """
        A statement counts that allows every action on every resource, in whatever spelling, also where conditions \
        limit when: those are named. Statements that leave an action or a resource out do not count.
        """

    static let sources = [
        "IAM User Guide: Security best practices in IAM",
        "IAM User Guide: IAM JSON policy elements: Action",
    ]

    /// - Parameter name: How the message names the policy, at the beginning of a sentence.
    /// - Throws: `Unknown` if the document cannot be read.
    static func judge(_ reading: Reading, _ document: PolicyDocument, named name: String) throws(Unknown) -> Judgement {
        let policy = try reading.policy(document)
        let evidence = Evidence.identity("PolicyDocument", .string(document.text))
        if !policy.unconditionalFullAdministration.isEmpty {
            return .fail("\(name) grants every action on every resource", evidence)
        }
        if let statement = policy.conditionalFullAdministration.first {
            let keys = Set(statement.conditions.map(\.key)).sorted().joined(separator: ", ")
            return .fail("\(name) grants everything, on conditions about \(keys)", evidence)
        }
        return .pass("\(name) does not grant every action on every resource", evidence)
    }
}
