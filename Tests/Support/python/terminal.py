#!/usr/bin/env python3
"""Runs a program at a terminal of its own, and types what it asks for.

    python terminal.py PROMPT ANSWER PROGRAM [ARGUMENT ...]

Each time that the terminal shows PROMPT anew, ANSWER is typed (`\\n`, `\\x03` and the like mean what they mean in Python). What
the terminal showed goes to standard output. The exit status is the program's, or 128 plus the signal that ended it.
"""

import os
import pty
import signal
import sys


def main():
    prompt, answer, *program = sys.argv[1:]
    answer = answer.encode().decode("unicode_escape").encode()
    process, terminal = pty.fork()
    if process == 0:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.execvpe(program[0], program, os.environ)
    shown, answered = b"", 0
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # the last process that had the terminal is gone
            break
        if not more:
            break
        shown += more
        while shown.count(prompt.encode()) > answered:
            answered += 1
            os.write(terminal, answer)
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
