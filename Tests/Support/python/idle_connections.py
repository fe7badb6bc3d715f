"""Opens many connections to a dashboard that it starts, sends nothing, and asks for a page meanwhile.

    idle_connections.py PARAPET STORE COUNT

Prints one JSON object: the number of connections, the status of the page, the seconds that it took, and the
server's memory in MB. Fewer connections are opened if the limit of open files does not allow more. The
server ends those that are idle for long, so on a slow machine not all are open at once.
"""

import json
import pathlib
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request


def main():
    parapet, store, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most != resource.RLIM_INFINITY:
        count = min(count, most - 500)
    with tempfile.TemporaryDirectory() as folder:
        words = [parapet, "serve", "--db", store, "--listen", "127.0.0.1:0", "--trusted-header", "X-User"]
        log = pathlib.Path(folder) / "log"
        with open(log, "w") as output:
            server = subprocess.Popen(words, stdout=output, stderr=output, env={"HOME": folder})
        try:
            deadline = time.monotonic() + 60
            while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())):
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"error: the server did not start: {log.read_text()}")
                time.sleep(0.05)
            port = int(found[1])
            connections = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(count)]
            begin = time.monotonic()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
                status = answer.status
            seconds = time.monotonic() - begin
            memory = re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{server.pid}/status").read_text())
            print(json.dumps({"opened": len(connections), "status": status, "seconds": seconds, "memory": int(memory[1]) // 1024}))
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
