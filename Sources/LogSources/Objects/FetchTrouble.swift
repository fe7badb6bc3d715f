import AWSClient
import Basics

/// A failure to fetch an object that says nothing about the object.
public enum FetchTrouble: Sendable, Hashable {
    /// No usable answer came: no connection, no credentials, throttling, or a failure of the service.
    case outage
    /// The caller may not read the object, or nothing of its bucket.
    case denied

    /// - Returns: `nil` if the failure is the object's own.
    init?(_ failure: Failure) {
        guard let error = (failure.cause as? AWSError)?.refusal else { return nil }
        if error.isAccessDenied {
            self = .denied
            return
        }
        guard case .service(_, let status) = error.kind, !error.isThrottling, !error.isCredentialFailure,
            !error.mayHaveTakenEffect, status < 500
        else {
            self = .outage
            return
        }
        return nil
    }
}
