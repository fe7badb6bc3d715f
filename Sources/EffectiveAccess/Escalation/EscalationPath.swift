public import IAMPolicy
public import Inventory

/// A way in which a principal can make itself more powerful than it is.
public struct EscalationPath: Sendable {
    public var principal: Landscape.Principal
    /// What it does, in order; each step is possible with what the steps before it gave.
    public var steps: [EscalationStep]
    public var gain: Gain
    /// What could not be read and may close the way.
    public var doubts: [Unknown] = []

    /// What the principal has at the end and had not at the beginning.
    public struct Gain: Sendable {
        /// Whether it can do everything then, as far as its limits let anybody in its place.
        public var isAdministration: Bool
        /// Some of what it can do then, such as `s3:GetObject on arn:aws:s3:::x/*`: at most five.
        public var examples: [String]
    }

    /// Whether every step is possible whatever the unknown condition keys are.
    public var isCertain: Bool { steps.allSatisfy { $0.calls.allSatisfy(\.access.isCertain) } }

    /// The statements of which one must go for this way to be closed.
    public var breakers: [DecidingStatement] {
        steps.first.map { step in step.calls.flatMap(\.access.grants).uniqued } ?? []
    }
}

/// One step of an escalation.
public struct EscalationStep: Sendable {
    /// The method's name, such as `attach-user-policy`: lower case, words joined by hyphens.
    public var method: String
    /// As who the step is made, an ARN.
    public var actor: String
    /// What it is made to: the ARN of a role, user, group or policy.
    public var target: String
    /// The calls that it takes.
    public var calls: [Call]

    public struct Call: Sendable {
        public var action: String
        public var resource: String
        public var access: Access
    }
}

/// All ways in a landscape, and what may hide others.
public struct Escalations: Sendable {
    /// At most one for each principal: the shortest to the most power.
    public var paths: [EscalationPath]
    /// Those who need no escalation. They and the roles of services are not looked at.
    public var administrators: [Landscape.Principal]
    /// How many principals were looked at.
    public var examined: Int
    /// Those of whom it is not known whether they have a way: a policy or boundary of theirs could not be read, or what may be
    /// a way is not modeled or not read.
    public var undetermined: [(principal: Landscape.Principal, reason: Unknown)] = []
    /// What could not be read and may hide ways.
    public var hiding: [Unknown]

    /// All that leaves the answer open.
    public var doubts: [Unknown] { (hiding + undetermined.map(\.reason) + paths.flatMap(\.doubts)).uniqued }
}
