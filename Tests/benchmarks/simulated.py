"""Martlet behind nginx with a channel for each simulated vendor, started by `conf/run`."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from accounts import children
from ground import ROOT, BenchError, build_folder, free_port

KEY = "sk-of-the-benchmark"
SETTINGS = """
[server]
socket = "unix:run/martlet.sock"
threads = 1024
[access]
keys = ["{key}"]
[limits]
requests_per_minute = 1000000
tokens_per_minute = 1000000000
[[channel]]
name = "openai"
base_url = "http://127.0.0.1:{port}/simulator/openai/v1"
key = "k"
models = ["same"]
[[channel]]
name = "anthropic"
base_url = "http://127.0.0.1:{port}/simulator/anthropic/v1"
key = "k"
models = ["other"]
"""


@contextlib.contextmanager
def gateway():
    """Yields the port and the ids of Martlet's workers."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "martlet.toml")
        config.write_text(SETTINGS.format(port=port, key=KEY))
        log = open(pathlib.Path(folder, "run.log"), "w+b")
        process = subprocess.Popen(
            [str(ROOT / "conf/run"), "--no-build", "--port", str(port), "--state", folder + "/state", "--config",
             str(config)], env={**os.environ, "MARTLET_BUILD_DIR": str(build_folder())}, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True)
        try:
            deadline = time.monotonic() + 60
            while b"martlet is ready" not in pathlib.Path(log.name).read_bytes():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise BenchError("conf/run did not start:\n" + pathlib.Path(log.name).read_text())
                time.sleep(0.1)
            yield port, workers(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def workers(process_id):
    """Martlet's workers below a process."""
    found = []
    for child in children(process_id):
        command = pathlib.Path(f"/proc/{child}/cmdline").read_bytes()
        if b"martlet\0worker" in command:
            found.append(child)
        found += workers(child)
    return found


def request(model, prompt, stream=True):
    """A request for a chat, as bytes."""
    body = (f'{{"model":"{model}","stream":{str(stream).lower()},'
            f'"messages":[{{"role":"user","content":"{prompt}"}}]}}').encode()
    return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode() + body


def read(port, bytes_sent, enough=lambda count: False):
    """Reads an answer to its end, or until it is enough; returns how many bytes came."""
    count = 0
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(bytes_sent)
        while piece := connection.recv(65_536):
            count += len(piece)
            if enough(count):
                break
    return count
