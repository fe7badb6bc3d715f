import Dispatch
import Runs
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The signals that end a run: from Ctrl-C (SIGINT), the system (SIGTERM) or a closing terminal (SIGHUP).
///
/// The run is cancelled, so that it removes its temporary files and ends the programs that it started, and the
/// process dies of the signal, as those who wait for it expect. The first process of a container (PID 1) cannot die
/// of a signal: it exits with 128 plus the signal's number.
enum Interruption {
    /// How long a run may take to end.
    private static let grace: DispatchTimeInterval = .seconds(2)

    /// Does `work`, and ends the process if a signal says so.
    static func heeded(during work: sending @escaping () async -> ExitStatus) async -> ExitStatus {
        let task = Task { await work() }
        let received = Mutex<Int32?>(nil)
        let sources = [SIGINT, SIGTERM, SIGHUP].filter(isHeeded).map { number in
            // The default would end the process before the source hears of it.
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

    /// A signal that whoever started this process ignores stays ignored, as `nohup` wants it.
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
