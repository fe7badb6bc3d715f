#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Loan of this process's terminal to a program that may ask the user for input: only one process group at a time can
/// read the terminal, and only that group gets the signals of Ctrl-C and Ctrl-Z.
///
/// Source: POSIX.1-2024, Base Definitions, section 11.1.4, "Terminal Access Control".
struct TerminalLoan {
    private let terminal: Int32

    /// - Parameter group: the program's process group; its processes that wait for the terminal continue.
    /// - Returns: `nil` if there is no terminal, or this process is not in its foreground group.
    init?(to group: pid_t) {
        terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        guard tcgetpgrp(terminal) == getpgrp(), tcsetpgrp(terminal, group) == 0 else {
            close(terminal)
            return nil
        }
        kill(-group, SIGCONT)
    }

    /// Returns the terminal to this process.
    func end() {
        // A background process that takes the terminal gets SIGTTOU, which would stop it.
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
