public import FoundationEssentials

/// Signs a request with credentials, for a region and a signing name, at a time.
public typealias RequestSigning =
    @Sendable (HTTPRequest, Credentials, _ region: String, _ service: String, Date) -> HTTPRequest
