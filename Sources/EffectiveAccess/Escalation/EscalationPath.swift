public import IAMPolicy
public import Inventory

/// A way in which a principal can escalate its privileges.
public struct EscalationPath: Sendable {
    public var principal: Landscape.Principal
    /// The steps in order. Each is possible with the power that the steps before it gave.
    public var steps: [EscalationStep]
    public var gain: Gain
    /// Facts that could not be read and may close the path.
    public var doubts: [Unknown] = []

    /// The power that the principal has at the end and did not have at the beginning.
    public struct Gain: Sendable {
        /// Whether it can do everything then, within the limits that would hold for any principal in its place.
        public var isAdministration: Bool
        /// Examples of the new permissions, such as `s3:GetObject on arn:aws:s3:::x/*`: at most five.
        public var examples: [String]
    }

    /// Whether every step is possible whatever the unknown condition keys are.
    public var isCertain: Bool { steps.allSatisfy { $0.calls.allSatisfy(\.access.isCertain) } }

    /// The statements that allow the first step. To close the path, at least one of them has to be removed.
    public var breakers: [DecidingStatement] {
        steps.first.map { step in step.calls.flatMap(\.access.grants).uniqued } ?? []
    }
}

/// One step of an escalation.
public struct EscalationStep: Sendable {
    /// The method's name, such as `attach-user-policy`: lower case, words joined by hyphens.
    public var method: String
    /// The ARN of the principal that makes the step.
    public var actor: String
    /// The ARN that the step acts on, such as a role, user, group or policy.
    public var target: String
    /// The calls that it takes.
    public var calls: [Call]

    public struct Call: Sendable {
        public var action: String
        public var resource: String
        public var access: Access
    }
}

/// All escalation paths in a landscape, and the unread facts that may hide others.
public struct Escalations: Sendable {
    /// The paths, at most one for each principal: the shortest to the most power.
    public var paths: [EscalationPath]
    /// Principals that need no escalation. They and service-linked roles are not examined.
    public var administrators: [Landscape.Principal]
    /// The number of principals examined.
    public var examined: Int
    /// Principals for which it is not known whether they have a path. A policy or boundary of theirs could not be read,
    /// or a possible path is not modeled or not read.
    public var undetermined: [(principal: Landscape.Principal, reason: Unknown)] = []
    /// Facts that could not be read and may hide paths.
    public var hiding: [Unknown]

    /// All reasons why the answer is uncertain.
    public var doubts: [Unknown] { (hiding + undetermined.map(\.reason) + paths.flatMap(\.doubts)).uniqued }
}
