import Basics
import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

extension ListenAddress {
    /// Says why a server could not be started at this address.
    func failure(_ error: any Error) -> any Error {
        guard let error = error as? IOError else { return error }
        switch error.errnoCode {
        case EADDRINUSE:
            return Failure(
                "cannot listen on \(self)", why: "another program listens there",
                advice: "stop it, or name another port with --listen", cause: error)
        case EACCES, EPERM:
            return Failure(
                "cannot listen on \(self)", why: "this user may not use the port",
                advice: "name a port above 1023 with --listen", cause: error)
        case EADDRNOTAVAIL:
            return Failure(
                "cannot listen on \(self)", why: "this machine does not have the address",
                advice: "name one of its addresses with --listen", cause: error)
        default:
            return Failure(
                "cannot listen on \(self)", why: "\(error)", advice: "name another address with --listen", cause: error)
        }
    }
}
