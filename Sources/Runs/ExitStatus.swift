/// How a run ended, with the exit codes that the command line's contract gives to scripts.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// The job is done, and nothing wrong was found.
    case clean = 0
    /// The job could not be done: credentials, network, unreadable input.
    case failed = 1
    /// The job is done, and something is wrong.
    case found = 2
    /// The job is done and nothing wrong was found, but something could not be determined.
    case undetermined = 3
    /// The command line is invalid (`EX_USAGE` of sysexits.h).
    case usage = 64
    /// The user interrupted the job (128 + SIGINT).
    case interrupted = 130
    /// The reader of the output closed the pipe early (128 + SIGPIPE), as in `parapet checks | head`.
    case closedPipe = 141

    /// - Parameters:
    ///   - found: whether something is wrong; it outweighs what could not be determined.
    ///   - undetermined: whether something could not be determined.
    public init(found: Bool, undetermined: Bool) {
        self = found ? .found : undetermined ? .undetermined : .clean
    }
}
