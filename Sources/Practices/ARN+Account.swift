import Basics
import IAMPolicy

extension ARN {
    /// Whether the account is written out, without wildcards or variables.
    var hasFixedAccount: Bool { account.count == 12 && account.allSatisfy(\.isNumber) }
}
