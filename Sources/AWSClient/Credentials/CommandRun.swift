import Dispatch
import FoundationEssentials
import Synchronization

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One run of a program, with limits for its output and its time.
struct CommandRun: Sendable {
    enum Ending: Sendable, Hashable {
        case exited(status: Int)
        case killed(signal: Int)
        case timedOut
        case tooMuchOutput
        case cancelled
    }

    var ending: Ending
    var output: [UInt8]
    var errors: [UInt8]

    static let maximumOutputBytes = 1 << 20
    /// The limit of the standard error stream, in bytes; further output is dropped.
    static let maximumErrorBytes = 4 << 10

    /// Runs a program with this process's terminal, and waits until it ends. On timeout or cancellation, its whole
    /// process group is killed; only a process that left the group (`setsid`) survives.
    /// - Parameter arguments: the program first, looked up in `PATH` if it has no slash.
    static func run(
        _ arguments: [String], variables: [String: String], timeout: Duration
    ) async throws(FileError) -> CommandRun {
        let cancellation = Cancellation()
        let result: Result<CommandRun, FileError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The loop blocks, which is not allowed on a thread of the concurrency pool. A separate queue has its
                // own thread.
                DispatchQueue(label: "parapet.command").async {
                    continuation.resume(
                        returning: Result { () throws(FileError) in
                            var child = try Child(arguments, variables: variables)
                            return child.watch(until: ContinuousClock.now + timeout, cancellation)
                        })
                }
            }
        } onCancel: {
            cancellation.request()
        }
        return try result.get()
    }

    private final class Cancellation: Sendable {
        private let requested = Mutex(false)
        var isRequested: Bool { requested.withLock { $0 } }
        func request() { requested.withLock { $0 = true } }
    }

    private struct Child {
        private let process: pid_t
        private var output: Int32
        private var errors: Int32
        private var run = CommandRun(ending: .cancelled, output: [], errors: [])

        init(_ arguments: [String], variables: [String: String]) throws(FileError) {
            let program = arguments.first ?? ""
            var outputPipe: [Int32] = [-1, -1]
            var errorPipe: [Int32] = [-1, -1]
            guard pipe(&outputPipe) == 0 else { throw FileError(path: program) }
            guard pipe(&errorPipe) == 0 else {
                let error = FileError(path: program)
                for descriptor in outputPipe { close(descriptor) }
                throw error
            }
            // The program inherits only the pipe ends that replace its output streams below.
            for descriptor in outputPipe + errorPipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, outputPipe[1], STDOUT_FILENO)
            posix_spawn_file_actions_adddup2(&actions, errorPipe[1], STDERR_FILENO)

            var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
            var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
            defer { for text in argv + environment { free(text) } }
            // A process group of its own, so that its children can be killed with it; signals have their default
            // handling.
            var attributes = posix_spawnattr_t()
            posix_spawnattr_init(&attributes)
            defer { posix_spawnattr_destroy(&attributes) }
            var signals = sigset_t()
            sigemptyset(&signals)
            posix_spawnattr_setsigmask(&attributes, &signals)
            for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { sigaddset(&signals, signal) }
            posix_spawnattr_setsigdefault(&attributes, &signals)
            posix_spawnattr_setpgroup(&attributes, 0)
            posix_spawnattr_setflags(
                &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
            var process: pid_t = 0
            let status = posix_spawnp(&process, program, &actions, &attributes, &argv, &environment)
            close(outputPipe[1])
            close(errorPipe[1])
            guard status == 0 else {
                close(outputPipe[0])
                close(errorPipe[0])
                throw FileError(path: program, reason: String(cString: strerror(status)))
            }
            self.process = process
            output = outputPipe[0]
            errors = errorPipe[0]
        }

        /// Reads until the program ends, the deadline passes, the run is canceled, or the output is too long.
        mutating func watch(until deadline: ContinuousClock.Instant, _ cancellation: Cancellation) -> CommandRun {
            var loan = TerminalLoan(to: process)
            defer {
                loan?.end()
                for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) }
            }
            while true {
                // Check for the end before reading, so that everything that was written before it is read.
                var status: Int32 = 0
                let changed = waitpid(process, &status, WNOHANG | WUNTRACED) == process
                let ended = changed && status & 0xFF != Self.stopped
                if changed, !ended, (status >> 8) & 0xFF == SIGTSTP, loan != nil {
                    // Ctrl-Z stops both processes.
                    loan?.end()
                    kill(getpid(), SIGSTOP)
                    loan = TerminalLoan(to: process)
                }
                drain(waiting: ended ? 0 : 20)
                if ended {
                    run.ending = Self.ending(status)
                } else if run.output.count > CommandRun.maximumOutputBytes {
                    run.ending = .tooMuchOutput
                } else if cancellation.isRequested {
                    run.ending = .cancelled
                } else if ContinuousClock.now >= deadline {
                    run.ending = .timedOut
                } else {
                    continue
                }
                if !ended {
                    kill(-process, SIGKILL)
                    waitpid(process, &status, 0)
                } else if loan != nil, run.ending == .killed(signal: Int(SIGINT)) {
                    // Ctrl-C interrupts both processes.
                    kill(getpid(), SIGINT)
                    // Another thread handles the signal and requests the cancellation.
                    let patience = ContinuousClock.now + .seconds(1)
                    while !cancellation.isRequested, ContinuousClock.now < patience { usleep(1_000) }
                    if cancellation.isRequested { run.ending = .cancelled }
                }
                if run.output.count > CommandRun.maximumOutputBytes { run.ending = .tooMuchOutput }
                return run
            }
        }

        /// Reads the available bytes, after waiting at most `milliseconds` for them.
        private mutating func drain(waiting milliseconds: Int32) {
            var wait = milliseconds
            while run.output.count <= CommandRun.maximumOutputBytes {
                // `poll` ignores a negative descriptor.
                var polled = [
                    pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
                ]
                guard poll(&polled, 2, wait) > 0 else { return }
                wait = 0
                if polled[0].revents != 0 { Self.receive(&output, into: &run.output, keeping: .max) }
                if polled[1].revents != 0 {
                    Self.receive(&errors, into: &run.errors, keeping: CommandRun.maximumErrorBytes)
                }
            }
        }

        private static func receive(_ descriptor: inout Int32, into bytes: inout [UInt8], keeping limit: Int) {
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes.append(contentsOf: buffer[..<count].prefix(max(0, limit - bytes.count)))
            } else if count == 0 || errno != EINTR {
                close(descriptor)
                descriptor = -1
            }
        }

        /// The lower byte of a wait status that means "stopped".
        private static let stopped: Int32 = 0x7F

        /// Decodes the status as `wait(2)` defines it.
        private static func ending(_ status: Int32) -> Ending {
            let signal = status & 0x7F
            return signal == 0 ? .exited(status: Int(status >> 8) & 0xFF) : .killed(signal: Int(signal))
        }
    }
}
