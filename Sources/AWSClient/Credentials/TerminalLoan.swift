#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// This process's terminal, lent to a program that may ask its user something: only one group of processes at a time may
/// read what is typed, and gets the signals of Ctrl-C and Ctrl-Z.
///
/// Source: POSIX.1-2024, Base Definitions, section 11.1.4, "Terminal Access Control".
struct TerminalLoan {
    private let terminal: Int32

    /// - Parameter group: of the program; what of it waits for the terminal goes on.
    /// - Returns: `nil` if there is no terminal, or it is not this process's to lend.
    init?(to group: pid_t) {
        terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        guard tcgetpgrp(terminal) == getpgrp(), tcsetpgrp(terminal, group) == 0 else {
            close(terminal)
            return nil
        }
        kill(-group, SIGCONT)
    }

    /// Takes it back.
    func end() {
        // Whoever takes the terminal from the background is stopped by this signal.
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTTOU)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        tcsetpgrp(terminal, getpgrp())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        close(terminal)
    }
}
