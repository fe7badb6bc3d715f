public import FoundationEssentials

/// Signs a request: the credentials to sign with, the region and the signing name that it is signed for, the time.
public typealias RequestSigning =
    @Sendable (HTTPRequest, Credentials, _ region: String, _ service: String, Date) -> HTTPRequest
