"""Starts `conf/run` as a person would, and speaks raw HTTP to what it starts."""

import http.client
import itertools
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MARTLET_BUILD_DIR", ROOT / ".build"))
PROGRAM = str(BUILD / "release/martlet")
SERVERS = ["nginx", "lighttpd", "apache-proxy", "apache-fcgid", "shared-cgi", "shared-fcgid"]
READY = re.compile(r"^martlet is ready: http://127\.0\.0\.1:(\d+)/v1$")

_numbers = itertools.count(1)


def free_port():
    """A port that nothing listens on at the moment; two callers get different ones."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fresh_key():
    """A caller that no rate limit knows yet."""
    return f"sk-end-to-end-{os.getpid()}-{next(_numbers)}"


def living():
    """Every process that is not a zombie: {id: (parent, session, start time, command line)}."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if fields[0] != "Z":
            found[int(entry.name)] = (int(fields[1]), int(fields[3]), fields[19], command)
    return found


def wait_until(condition, seconds, what):
    """Polls a condition; the limit only keeps a failing test from hanging."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


class Gateway:
    """One `conf/run` with its web server, Martlet and simulator."""

    def __init__(self, server, state, port=None, command=(), options=(), settings=None):
        self.server = server
        self.port = port or free_port()
        self.state = pathlib.Path(state)
        self.seen = {}
        self.process = subprocess.Popen(
            [*command, str(ROOT / "conf/run"), "--no-build", "--server", server,
             "--port", str(self.port), "--state", str(state), *options],
            # Every test comes from one address: the limits have tests of their own.
            env={**os.environ, "MARTLET_LIMITS_REQUESTS_PER_MINUTE": "1000000",
                 "MARTLET_LIMITS_TOKENS_PER_MINUTE": "100000000",
                 "MARTLET_LIMITS_FAILED_AUTHENTICATION_PER_MINUTE": "1000000", **(settings or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)

    def wait_ready(self, seconds=60):
        """Returns when the line of the contract was printed; fails with what was said instead."""
        deadline = time.monotonic() + seconds
        text = b""
        while True:
            left = deadline - time.monotonic()
            readable = left > 0 and select.select([self.process.stdout], [], [], left)[0]
            piece = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            text += piece
            if any(READY.match(line) for line in text.decode().splitlines()):
                self.processes()
                return self
            if not piece:
                self.stop()
                raise AssertionError(f"conf/run --server {self.server} did not get ready: {text.decode()}\n"
                                     + self.process.stderr.read().decode())

    def processes(self):
        """What belongs to this run: its descendants, and what shares its session. Remembers all it ever saw."""
        table = living()
        mine = {self.process.pid}
        grown = True
        while grown:
            grown = False
            for number, (parent, session, started, command) in table.items():
                if number not in mine and (parent in mine or session == self.process.pid):
                    mine.add(number)
                    grown = True
        current = {number: table[number] for number in mine if number in table}
        self.seen.update({number: row[2] for number, row in current.items()})
        return current

    def left_over(self):
        """Processes of this run that still live; ids that were given to others meanwhile are left out."""
        table = living()
        self.processes()
        return {number: table[number][3] for number, started in self.seen.items()
                if number in table and table[number][2] == started}

    def stop(self, signal_number=signal.SIGTERM):
        """Ends the run as Ctrl-C or a service manager would; returns its exit status."""
        self.processes()
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            status = self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.end_leftovers()
            raise
        return status

    def end_leftovers(self):
        """By force: no test leaves processes behind."""
        for _ in range(10):
            # The eldest first: a web server whose worker is killed before it starts another one.
            for number in sorted(self.left_over(), key=lambda number: int(self.seen[number])):
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if not self.left_over():
                break
            time.sleep(0.05)
        self.process.wait()

    # HTTP

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def request(self, method, path, body=None, fields=()):
        """Returns (status, fields, body bytes)."""
        connection = self.connection()
        try:
            connection.request(method, path, body, dict(fields))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def simulator(self):
        """The simulated provider's own account of what it was asked."""
        status, _, body = self.request("GET", "/simulator/state")
        assert status == 200
        return json.loads(body)

    def open_chat(self, prompt, stream=True, key=None, path="/v1/chat/completions", **more):
        """Sends a chat request and returns the connection and the answer, whose body is not read yet."""
        body = {"model": "gpt-4o-mini", "stream": stream, "messages": [{"role": "user", "content": prompt}], **more}
        connection = self.connection()
        connection.request("POST", path, json.dumps(body), {
            "Authorization": f"Bearer {key or fresh_key()}", "Content-Type": "application/json"})
        return connection, connection.getresponse()


def events(answer):
    """Yields (monotonic seconds, event text) as the bytes arrive; comments are left out."""
    buffer = b""
    while piece := answer.read1(65536):
        now = time.monotonic()
        buffer += piece
        *complete, buffer = buffer.split(b"\n\n")
        for event in complete:
            lines = [line for line in event.decode().splitlines() if not line.startswith(":")]
            if lines:
                yield now, "\n".join(lines)


def content_events(answer):
    """Yields (monotonic seconds, text) for each piece of chat text."""
    for now, event in events(answer):
        value = event.removeprefix("data: ")
        if value == "[DONE]":
            return
        for choice in json.loads(value).get("choices", []):
            text = choice.get("delta", {}).get("content")
            if text:
                yield now, text
