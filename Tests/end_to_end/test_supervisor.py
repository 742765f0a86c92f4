"""The supervisor as a process, without a web server: its workers live, reload, drain and leave as they should."""
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

from gateway import PROGRAM

LIMIT = 20
BODY = json.dumps({"model": "gpt-4o-mini", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}).encode()


class SlowVendor(http.server.BaseHTTPRequestHandler):
    """A vendor whose answers take two seconds: twenty pieces, a tenth of a second apart."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        with contextlib.suppress(OSError):
            for number in range(20):
                self.wfile.write(b'event: content\ndata: {"content": "%d "}\n\n' % number)
                time.sleep(0.1)
            self.wfile.write(b"event: done\ndata: {}\n\n")

    def do_GET(self):
        self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def vendor():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowVendor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def settings(socket_path, vendor, workers=1, drain=5):
    """The environment of a Martlet on a socket of its own."""
    return {
        **os.environ, "MARTLET_SERVER_SOCKET": f"unix:{socket_path}", "MARTLET_SERVER_WORKERS": str(workers),
        "MARTLET_SERVER_DRAIN_SECONDS": str(drain), "MARTLET_SERVER_THREADS": "8",
        "MARTLET_ONEMIN_BASE_URL": vendor, "MARTLET_LIMITS_REQUESTS_PER_MINUTE": "0",
        "MARTLET_LIMITS_TOKENS_PER_MINUTE": "0",
    }


def eventually(condition, what):
    """Waits until the condition holds and returns what it returned."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.02)
    pytest.fail(f"not within {LIMIT} s: {what}")


def children(process):
    """The process ids of a process's children that still run."""
    try:
        listed = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return set()
    return {int(child) for child in listed if runs(int(child))}


def runs(process):
    """Whether a process exists and is no zombie."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def record(kind, content=b""):
    return struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    return bytes([len(name), len(value)]) + name.encode() + value.encode()


class Request:
    """One FastCGI request over a unix socket: for the service's page, or for a slow stream."""

    def __init__(self, path, slow=False):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(LIMIT)
        self.connection.connect(str(path))
        uri, method, body = ("/v1/chat/completions", "POST", record(5, BODY)) if slow else ("/", "GET", b"")
        parameters = pair("REQUEST_METHOD", method) + pair("REQUEST_URI", uri) + pair("HTTP_X_API_KEY", "k")
        self.connection.sendall(
            record(1, b"\0\1\0\0\0\0\0\0") + record(4, parameters) + record(4) + body + record(5)
        )
        self.stream = self.connection.makefile("rb")
        self.is_complete = False

    def read_piece(self):
        """The next piece of output; empty at the end."""
        while header := self.stream.read(8):
            _, kind, _, length, padding, _ = struct.unpack("!BBHHBB", header)
            content = self.stream.read(length + padding)[:length]
            if kind == 3:
                self.is_complete = True
                break
            if kind == 6 and content:
                return content
        return b""

    def read_all(self):
        with contextlib.closing(self.connection):
            return b"".join(iter(self.read_piece, b""))


class Service:
    """A running supervisor, its standard error, and the way to its socket."""

    def __init__(self, folder, vendor, workers=2, drain=10, environment=None):
        self.socket = folder / "s"
        self.program = folder / "program"
        shutil.copy(PROGRAM, self.program)
        command = [str(self.program), "serve", "--state", str(folder / "state")]
        self.workers_wanted = workers
        self.log = folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stderr=log,
                                            env={**settings(self.socket, vendor, workers, drain), **(environment or {})})
        self.seen = {self.process.pid}

    def workers(self):
        found = children(self.process.pid)
        self.seen |= found
        return found

    def text(self):
        return self.log.read_text(errors="replace")

    def answers(self):
        try:
            return Request(self.socket).read_all().startswith(b"Status: 200")
        except OSError:
            return False

    def await_start(self):
        eventually(lambda: len(self.workers()) == self.workers_wanted, "all workers run")
        eventually(self.answers, "the service answers")
        return self

    def replace_program(self, source=PROGRAM):
        """Puts a new file in the place of the program, as a package manager does."""
        fresh = self.program.with_suffix(".new")
        shutil.copy(source, fresh)
        os.replace(fresh, self.program)

    def end(self):
        for process in self.seen | self.workers():
            if runs(process):
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
        self.process.wait(LIMIT)


@pytest.fixture
def start(tmp_path, vendor):
    services = []

    def start_service(**options):
        folder = tmp_path / str(len(services))
        folder.mkdir()
        services.append(Service(folder, vendor, **options))
        return services[-1].await_start()

    yield start_service
    for service in services:
        service.end()


def test_a_killed_worker_comes_back(start):
    service = start()
    before = service.workers()
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: len(service.workers() - before) == 1, "a new worker runs")
    assert service.workers() & before == before - {victim}
    assert service.answers()


def test_a_worker_that_keeps_dying_is_started_ever_more_slowly(start):
    service = start(workers=1)
    pauses = []
    for _ in range(4):
        victim = eventually(service.workers, "a worker runs")
        begun = time.monotonic()
        os.kill(min(victim), signal.SIGKILL)
        eventually(lambda: service.workers() - victim, "the next worker runs")
        pauses.append(time.monotonic() - begun)
    assert pauses[-1] >= 0.8 > pauses[0]


def test_a_hang_up_signal_reaches_every_worker(start):
    service = start()
    workers = service.workers()
    eventually(lambda: service.text().count("worker accepts") >= 2, "all workers accept")
    os.kill(service.process.pid, signal.SIGHUP)
    eventually(lambda: service.text().count("settings reloaded") == 2, "all reloaded")
    assert service.workers() == workers


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_termination_signal_ends_everything_with_status_0(start, ending):
    service = start()
    workers = service.workers()
    os.kill(service.process.pid, ending)
    assert service.process.wait(LIMIT) == 0
    assert not any(runs(worker) for worker in workers)


def test_a_running_stream_ends_before_its_worker_does(start):
    service = start()
    request = Request(service.socket, slow=True)
    assert request.read_piece()
    os.kill(service.process.pid, signal.SIGTERM)
    assert request.read_all().endswith(b"[DONE]\n\n") and request.is_complete
    assert service.process.wait(LIMIT) == 0


def test_a_stream_beyond_the_drain_limit_is_cut(start):
    service = start(drain=0)
    request = Request(service.socket, slow=True)
    assert request.read_piece()
    os.kill(service.process.pid, signal.SIGTERM)
    assert service.process.wait(LIMIT) == 0
    rest = request.read_all()
    # By chance of the moment, the stream still gets its last word: an error, never the end of a whole answer.
    assert b'"finish_reason":"stop"' not in rest and b'19 "' not in rest
    assert not request.is_complete or b'"error":' in rest


def test_workers_leave_when_their_supervisor_is_killed(start):
    service = start()
    workers = service.workers()
    request = Request(service.socket, slow=True)
    assert request.read_piece()
    os.kill(service.process.pid, signal.SIGKILL)
    assert request.read_all() and request.is_complete
    eventually(lambda: not any(runs(worker) for worker in workers), "all workers left")


def test_an_upgrade_keeps_the_process_and_drops_no_request(start):
    service = start()
    before = service.workers()
    stream = Request(service.socket, slow=True)
    assert stream.read_piece()
    failures, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            if not service.answers():
                failures.append(time.monotonic())

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        service.replace_program()
        os.kill(service.process.pid, signal.SIGUSR2)
        eventually(lambda: len(service.workers() - before) == 2, "the new workers run")
        assert stream.read_all().endswith(b"[DONE]\n\n") and stream.is_complete
        eventually(lambda: not service.workers() & before, "the old workers left")
    finally:
        stop.set()
        for asker in askers:
            asker.join()
    assert failures == []
    assert service.process.poll() is None
    assert len(service.workers()) == 2
    executable = os.readlink(f"/proc/{min(service.workers())}/exe")
    assert executable == str(service.program)
    os.kill(service.process.pid, signal.SIGTERM)
    assert service.process.wait(LIMIT) == 0


def test_upgrades_may_follow_one_another_at_once(start):
    service = start()
    before = service.workers()
    stream = Request(service.socket, slow=True)
    assert stream.read_piece()
    for _ in range(3):
        os.kill(service.process.pid, signal.SIGUSR2)
        eventually(lambda: service.workers() - before, "new workers run")
    assert stream.read_all().endswith(b"[DONE]\n\n") and stream.is_complete
    eventually(lambda: len(service.workers()) == 2 and not service.workers() & before, "only new ones are left")
    assert service.answers()
    os.kill(service.process.pid, signal.SIGTERM)
    assert service.process.wait(LIMIT) == 0


def test_an_upgrade_to_a_broken_program_is_refused(start):
    service = start()
    before = service.workers()
    service.replace_program("/bin/false")
    os.kill(service.process.pid, signal.SIGUSR2)
    eventually(lambda: "upgradeRefused" in service.text(), "the upgrade is refused")
    assert service.workers() == before
    assert service.answers()


def test_a_worker_keeps_no_descriptor_of_a_connection(start):
    service = start(workers=1)
    (worker,) = service.workers()
    descriptors = pathlib.Path(f"/proc/{worker}/fd")
    for bytes_sent in [b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, record(1, b"\0\1\1\0\0\0\0\0"), record(4)]:
        for _ in range(20):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(service.socket))
                connection.sendall(bytes_sent)
    for _ in range(50):
        assert service.answers()
        Request(service.socket, slow=True).connection.close()
    # What a quiet worker holds (databases, pipes, the log) is fewer than the 200 connections it has had.
    eventually(lambda: len(list(descriptors.iterdir())) < 40, "all descriptors are closed")
    assert service.workers() == {worker}


def test_a_lost_log_does_not_end_the_service(tmp_path, vendor):
    reading, writing = os.pipe()
    process = subprocess.Popen([PROGRAM, "serve", "--state", str(tmp_path / "state")], stderr=writing,
                               env=settings(tmp_path / "t", vendor))
    os.close(writing)
    try:
        eventually(lambda: children(process.pid), "a worker runs")
        os.close(reading)
        before = children(process.pid)
        os.kill(min(before), signal.SIGKILL)
        eventually(lambda: children(process.pid) - before, "the next worker runs")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0


def test_readiness_is_told_to_whoever_asked(start, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(LIMIT)
        service = start(environment={"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert listener.recv(100) == b"READY=1"
        worker = min(service.workers())
        assert b"NOTIFY_SOCKET" not in pathlib.Path(f"/proc/{worker}/environ").read_bytes()


def test_a_socket_handed_over_by_systemd_is_used(tmp_path, vendor):
    folder = tmp_path / "activated"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "s"))
        listener.listen(64)
        wanted = listener.fileno()
        script = 'exec 3<&%d; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@"' % wanted
        arguments = ["serve", "--state", str(folder / "state")]
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                ["bash", "-c", script, PROGRAM, *arguments], pass_fds=[wanted], stderr=log,
                env=settings(folder / "never", vendor))
        try:
            assert Request(folder / "s").read_all().startswith(b"Status: 200")
            assert not (folder / "never").exists()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT) == 0
