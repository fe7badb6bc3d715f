import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// The customer's own policies, in which a check looks for a statement that should not be there.
enum WrittenPolicies {
    /// The kind of policy.
    enum Home: Sendable, CaseIterable {
        /// Customer managed policies, attached or not, because attaching one takes one call. A policy that is only used
        /// as a permissions boundary grants nothing and is left out.
        case managed
        /// Inline policies, with one verdict for each user, group or role that has some. Service-linked roles are left
        /// out, because AWS writes their policies.
        case inline
    }

    /// A statement and its fault as a clause: `grants every CloudTrail action`.
    struct Fault {
        var statement: Statement
        var clause: String
    }

    /// Returns one verdict for each managed policy and for each user, group or role with inline policies.
    /// - Parameters:
    ///   - sound: the message if no fault is found, without `Policy` at its beginning: `does not grant …`.
    ///   - fault: returns the fault of a policy, if it has one.
    static func judge(
        _ reading: Reading, in homes: [Home] = Home.allCases, sound: String, fault: (Policy) -> Fault?
    ) throws(Unknown) -> [Verdict] {
        var verdicts: [Verdict] = []
        for home in homes {
            switch home {
            case .managed: verdicts += try managed(reading, sound: sound, fault: fault)
            case .inline: verdicts += try inline(reading, sound: sound, fault: fault)
            }
        }
        return verdicts
    }

    private static func managed(
        _ reading: Reading, sound: String, fault: (Policy) -> Fault?
    ) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(
            .policies, where: { !$0.isAWSManaged && ($0.attachmentCount > 0 || $0.permissionsBoundaryUsageCount == 0) }
        ) { policy throws(Unknown) in
            let attachments = Evidence.identity("AttachmentCount", .int(policy.attachmentCount))
            if let found = fault(try reading.policy(policy.defaultDocument, from: .getAccountAuthorizationDetails)) {
                return .fail(
                    "Policy \(found.clause)", found.evidence(in: policy.defaultDocument), policy.versionEvidence,
                    attachments)
            }
            return .pass("Policy \(sound)", evidence(policy.defaultDocument), policy.versionEvidence, attachments)
        }
    }

    /// A policy with a fault decides the verdict, even if another one cannot be read.
    private static func inline(
        _ reading: Reading, sound: String, fault: (Policy) -> Fault?
    ) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.policyHolders, where: { !$0.inlinePolicies.isEmpty }) { holder throws(Unknown) in
            let failing = try holder.inlinePolicies.firstAnswer { policy throws(Unknown) -> Judgement? in
                guard
                    let found = fault(try reading.policy(policy.policyDocument, from: .getAccountAuthorizationDetails))
                else { return nil }
                let name = Evidence.identity("PolicyName", .string(policy.policyName), inline: policy.policyName)
                return .fail(
                    "Inline policy \(found.clause)",
                    found.evidence(in: policy.policyDocument, inline: policy.policyName), name)
            }
            return failing
                ?? .pass(
                    "Inline policy \(sound)",
                    holder.inlinePolicies.map { evidence($0.policyDocument, inline: $0.policyName) })
        }
    }

    private static func evidence(_ document: PolicyDocument, inline name: String? = nil) -> Evidence {
        .identity("PolicyDocument", .string(document.text), inline: name)
    }
}

extension WrittenPolicies.Fault {
    /// Returns evidence of the statement, in the document's own text.
    fileprivate func evidence(in document: PolicyDocument, inline name: String? = nil) -> Evidence {
        .identity(
            "Statement", .string(document.text(of: statement)), at: document.path(of: statement), inline: name)
    }

    /// Creates a fault whose clause names the condition keys of the statement, if it has any.
    init(_ statement: Statement, _ clause: String) {
        let keys = Set(statement.conditions.map(\.key)).sorted().joined(separator: ", ")
        self.init(
            statement: statement,
            clause: keys.isEmpty || keys.count > 40 ? clause : "\(clause), with conditions on \(keys)")
    }
}

extension Policy {
    /// Returns the statements that allow at least `actions` on `resources`; none if an unconditional statement denies
    /// all of it.
    func statementsGranting(_ actions: Actions, on resources: Resources) -> [Statement] {
        func covers(_ statement: Statement) -> Bool {
            statement.actions.cover(actions) && statement.completedResources?.cover(resources) ?? false
        }
        guard !statements.contains(where: { $0.effect == .deny && $0.conditions.isEmpty && covers($0) }) else {
            return []
        }
        return statements.filter { $0.effect == .allow && covers($0) }
    }
}
