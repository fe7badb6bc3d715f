import AWSClient
import Inventory

extension Unknown {
    /// The credential report has no date where one is needed.
    static func noDate(_ column: String) -> Unknown {
        Unknown(.failed, call: Operation.getCredentialReport.description, detail: "the report has no \(column)")
    }
}
