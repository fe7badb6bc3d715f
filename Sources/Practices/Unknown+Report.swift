import AWSClient
import Inventory

extension Unknown {
    /// The credential report leaves a column empty that is needed.
    static func empty(_ column: String) -> Unknown {
        Unknown(.failed, call: Operation.getCredentialReport.description, detail: "the report has no \(column)")
    }
}
