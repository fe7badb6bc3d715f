import AWSClient
import Inventory

extension Unknown {
    /// Reason for a required column that the credential report leaves empty.
    static func empty(_ column: String) -> Unknown {
        Unknown(.failed, call: Operation.getCredentialReport.description, detail: "the report has no \(column)")
    }
}
