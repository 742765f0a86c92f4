"""How soon a worker answers, and what it takes while it has nothing to do."""

import socket
import statistics
import struct
import time

from accounts import private, proportional
from ground import BenchError, stop
from report import Row
from servers import THREADS, program, settings


def measure(ground, origin, quick):
    """Yields rows for one worker with as many threads as the others have."""
    file = ground.folder / "start.toml"
    file.write_text(settings(origin, ground.folder / "start.jsonl"))
    found = [start(ground, file, number) for number in range(3 if quick else 20)]
    begun = statistics.median(seconds for seconds, _, _ in found) * 1e3
    alone = statistics.median(taken for _, taken, _ in found)
    yield Row(f"start of a worker to its first answer, {THREADS} threads", "", f"{begun:.1f} ms",
              f"longest {max(seconds for seconds, _, _ in found) * 1e3:.1f} ms", "under 30 ms", begun < 30)
    yield Row("private memory of an idle worker", "", f"{alone:.1f} MB",
              f"proportional {statistics.median(taken for _, _, taken in found):.1f} MB", "under 12 MB", alone < 12)


def start(ground, file, number):
    """Seconds to the first answer, and private and proportional memory of the idle worker."""
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        path = ground.folder / f"start-{number}.sock"
        listener.bind(str(path))
        listener.listen(16)
        client.connect(str(path))
        client.sendall(health_request())
        client.settimeout(10)
        begun = time.monotonic()
        worker = ground.start("start", program(), "worker", "--config", file, "--state", ground.folder / "start",
                              stdin=listener)
        try:
            answer = client.recv(65536)
            seconds = time.monotonic() - begun
            if b"Status: 200" not in answer:
                raise BenchError(f"the worker answers {answer!r}")
            # What the start itself needed has been given back by then.
            time.sleep(0.5)
            return seconds, private(worker.pid), proportional([worker.pid])
        finally:
            stop(worker)


def health_request():
    """A FastCGI request for the path that needs nothing (FastCGI specification 1.0, 3.3 and 5)."""
    def record(kind, content):
        return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content

    variables = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/health", "REMOTE_ADDR": "127.0.0.1", "QUERY_STRING": ""}
    pairs = b"".join(bytes([len(name), len(value)]) + name.encode() + value.encode()
                     for name, value in variables.items())
    return record(1, struct.pack(">HB5x", 1, 0)) + record(4, pairs) + record(4, b"") + record(5, b"")
