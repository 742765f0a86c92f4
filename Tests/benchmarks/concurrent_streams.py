"""A thousand streams at once: whether all end well, when events arrive, and how much memory they take."""

import json
import statistics
import subprocess
import time

from accounts import processor_seconds, proportional
from chats import DIRECT, MARTLET, stream_request
from ground import HERE, BenchError, run
from report import Row
from servers import TICK_SECONDS

STREAMS = 1000
# All at once would make a beat of the thousand: each tenth of a second a burst, and silence.
RAMP_SECONDS = 1


class Crowd:
    """The clients: a program that is compiled for the run."""

    def __init__(self, ground, events):
        self._program, self._ground, self._events = ground.folder / "streams", ground, events
        run("cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", self._program, HERE / "streams.c")
        for path in (DIRECT, MARTLET):
            self._request(path).write_text(stream_request(path))

    def _request(self, path):
        return self._ground.folder / ("martlet.http" if path == MARTLET else "direct.http")

    def attend(self, port, path, watched=()):
        """One round; its result, with the memory in MB that processes take when all streams run."""
        seconds = self._events * TICK_SECONDS
        process = subprocess.Popen(
            [self._program, str(port), str(STREAMS), str(self._events), str(RAMP_SECONDS), str(seconds + 30),
             self._request(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            time.sleep(RAMP_SECONDS + (seconds - RAMP_SECONDS) * 0.6)
            taken = proportional(watched)
            output, errors = process.communicate(timeout=seconds + 60)
        finally:
            process.kill()
        if process.returncode != 0:
            raise BenchError(f"the clients failed: {errors}")
        return {**json.loads(output), "memory": taken, "errors": errors}


def measure(ground, fronts, martlets, events, quick):
    """Yields rows over plain http and over TLS; the web server alone and Martlet take turns."""
    crowd = Crowd(ground, events)
    for scheme, limit in (("http", 120), ("verified TLS", 200)):
        front, martlet = fronts[scheme], martlets[scheme]
        idle, before = proportional(martlet.workers()), processor_seconds(martlet.workers())
        results = {DIRECT: [], MARTLET: []}
        for _ in range(2 if quick else 5):
            results[DIRECT].append(crowd.attend(front.port, DIRECT))
            results[MARTLET].append(crowd.attend(front.port, MARTLET, martlet.workers()))
        spent = (processor_seconds(martlet.workers()) - before) / len(results[MARTLET]) / events / STREAMS
        yield from rows(f"{STREAMS:,} streams, {scheme}", results[DIRECT], results[MARTLET], idle, limit)
        yield Row(f"{STREAMS:,} streams, {scheme}: processor time of the workers per event", "",
                  f"{spent * 1e6:.0f} µs")


def rows(title, alone, martlet, idle, limit):
    """Medians of the rounds; what failed is added up."""
    def middle(results, what, share):
        return statistics.median(result[what][share] for result in results)

    failed = [sum(result["failed"] for result in results) for results in (alone, martlet)]
    total = len(alone) * STREAMS
    yield Row(f"{title}: complete", *(f"{total - number:,} of {total:,}" for number in failed), "",
              "all", failed[1] == 0)
    for what, words in (("first", "time to first event"), ("gap", "gap between events")):
        for share, name in (("median", "median"), ("p99", "99th percentile"), ("max", "longest")):
            values = middle(alone, what, share), middle(martlet, what, share)
            goal = ("at most 1.3 times", values[1] <= 1.3 * values[0]) if (what, share) == ("gap", "p99") else ()
            yield Row(f"{title}: {words}, {name}", *(f"{value:.1f} ms" for value in values),
                      f"{values[1] / values[0]:.2f} times", *goal)
    memory = max(result["memory"] for result in martlet)
    yield Row(f"{title}: memory of all workers (proportional)", "", f"{memory:.0f} MB",
              f"{(memory - idle) * 1e3 / STREAMS:.0f} KB per stream", f"under {limit} MB", memory < limit)
