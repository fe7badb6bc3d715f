#!/usr/bin/env python3
"""A Spark Connect server for tests, on this machine only.

It prints `READY <port>` on standard output once it accepts connections, and it ends when its standard input closes:
whoever started it holds the other end. It needs Java 17 and the packages of requirements-spark.txt.

    .venv-spark/bin/python Tests/Support/python/spark_server.py [--port 0] [--cores 2] [--memory 2g] [--token TOKEN]
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import pyspark

# Seconds until a server that does not answer is given up. It usually takes ten.
PATIENCE = 180


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def command(options, port, folder):
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": f"{folder}/warehouse",
        "spark.sql.catalogImplementation": "in-memory",
    }
    if options.token:
        settings["spark.connect.authenticate.token"] = options.token
    submit = pathlib.Path(pyspark.__file__).parent / "bin" / "spark-submit"
    words = [submit, "--master", f"local[{options.cores}]", "--driver-memory", options.memory]
    for name, value in settings.items():
        words += ["--conf", f"{name}={value}"]
    return [*map(str, words), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]


def main():
    parser = argparse.ArgumentParser(description="Serve Spark Connect on 127.0.0.1 until standard input closes.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", default="2g", help="memory of the server's heap")
    parser.add_argument("--token", help="the token that clients must send")
    options = parser.parse_args()
    port = options.port or free_port()
    folder = tempfile.mkdtemp(prefix="parapet-spark-")
    environment = {**os.environ, "SPARK_LOG_DIR": folder, "SPARK_PID_DIR": folder, "SPARK_LOCAL_IP": "127.0.0.1"}
    environment.pop("SPARK_HOME", None)
    with open(f"{folder}/server.log", "wb") as log:
        server = subprocess.Popen(
            command(options, port, folder), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=folder)
    try:
        start = time.monotonic()
        while not answers(port):
            if server.poll() is not None or time.monotonic() - start > PATIENCE:
                text = pathlib.Path(folder, "server.log").read_text(errors="replace")
                sys.exit("The Spark Connect server did not start:\n" + text[-4000:])
            time.sleep(0.2)
        print(f"READY {port}", flush=True)
        while sys.stdin.buffer.read(4096):
            pass
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
