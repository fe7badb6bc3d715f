import Dispatch
import Runs
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The signals that end a run: SIGINT (Ctrl-C), SIGTERM (from the system) and SIGHUP (the terminal was closed).
///
/// The run is cancelled, so that it removes its temporary files and ends the programs that it started. Then the process
/// dies of the signal, as its parent process expects. The first process of a container (PID 1) cannot die of a signal:
/// it exits with 128 plus the signal's number.
enum Interruption {
    /// The time that a run has to end after a signal.
    private static let grace: DispatchTimeInterval = .seconds(2)

    /// Runs `work`, and ends the process if it receives one of the signals.
    static func heeded(during work: sending @escaping () async -> ExitStatus) async -> ExitStatus {
        let task = Task { await work() }
        let received = Mutex<Int32?>(nil)
        let sources = [SIGINT, SIGTERM, SIGHUP].filter(isHeeded).map { number in
            // The default action would end the process before the source receives the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isFirst = received.withLock { received in
                    defer { received = received ?? number }
                    return received == nil
                }
                guard isFirst else { die(of: number) }
                task.cancel()
                DispatchQueue.global().asyncAfter(deadline: .now() + grace) { die(of: number) }
            }
            source.resume()
            return source
        }
        let status = await task.value
        if let number = received.withLock({ $0 }) { die(of: number) }
        for source in sources { source.cancel() }
        return status
    }

    /// Whether a signal is handled. A signal that the parent process ignores stays ignored, because `nohup` relies on
    /// that.
    private static func isHeeded(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0
    }

    private static func die(of number: Int32) -> Never {
        signal(number, SIG_DFL)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, number)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(number)
        _exit(128 + number)
    }
}
