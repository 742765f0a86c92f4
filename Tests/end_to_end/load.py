"""Load on a gateway, and what it does to its processes."""

import contextlib
import http.client
import json
import os
import threading

CHAT = "/v1/chat/completions"
SLOW = "sim:slow please"
WAIT = "sim:wait please"


def martlet(gateway):
    """The supervisor's process id."""
    (number,) = [number for number, row in gateway.processes().items()
                 if "martlet serve " in row[3] and "simulator" not in row[3] and "setpriv" not in row[3]]
    return number


def workers(gateway):
    return {number for number, row in gateway.processes().items() if "martlet worker " in row[3]}


def log_of(gateway):
    """The log's entries so far."""
    lines = (gateway.state / "log/martlet.log").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def sockets(process):
    """How many sockets a process holds."""
    count = 0
    for name in os.listdir(f"/proc/{process}/fd"):
        with contextlib.suppress(OSError):
            count += os.readlink(f"/proc/{process}/fd/{name}").startswith("socket:")
    return count


def ask(gateway, prompt="Hello", **more):
    """Returns (status, fields, body); a connection that breaks is status 0."""
    try:
        connection, answer = gateway.open_chat(prompt, stream=more.pop("stream", False), **more)
        with contextlib.closing(connection):
            return answer.status, answer.headers, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, {}, repr(error).encode()


def error_of(answer):
    assert answer[1]["Content-Type"].startswith("application/json"), answer[2][:200]
    error = json.loads(answer[2])["error"]
    assert {"message", "type", "param", "code"} <= error.keys()
    return error


class Stream:
    """A slow stream, read on a thread of its own."""

    def __init__(self, gateway, prompt=SLOW):
        self.connection, self.answer = gateway.open_chat(prompt)
        self.body = b""
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        with contextlib.suppress(OSError, http.client.HTTPException, AttributeError):
            while piece := self.answer.read1(65_536):
                self.body += piece

    def end(self):
        """Whether the stream came to its end."""
        self.thread.join(60)
        self.connection.close()
        return self.body.endswith(b"data: [DONE]\n\n")


class Load:
    """Clients that ask one request after the other until they are told to stop."""

    def __init__(self, gateway, clients=4, prompt="Hello"):
        self.answers = []
        self.stopping = threading.Event()

        def run():
            # A test that fails does not stop its load: it ends with its gateway.
            while not self.stopping.is_set() and gateway.process.poll() is None:
                self.answers.append(ask(gateway, prompt))

        self.threads = [threading.Thread(target=run, daemon=True) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
        return [status for status, _, _ in self.answers]
