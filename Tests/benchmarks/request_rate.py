"""Requests per second and added latency, over kept connections, with wrk."""

import json
import statistics

from accounts import processor_seconds
from chats import BOOKED, DIRECT, MARTLET, PASSED, body
from ground import HERE, BenchError, run
from report import Row


def measure(ground, front, martlet, quick):
    """Yields rows for 1, 8 and 32 clients; the two paths take turns."""
    rounds, seconds = (1, 2) if quick else (5, 4)
    (ground.folder / "keys").write_text("\n".join(martlet.keys(64)) + "\n")
    for path in (DIRECT, MARTLET, PASSED, BOOKED):
        (ground.folder / name(path)).write_text(body(path))
        load(ground, front, path, 8, 1)
    for clients in (1, 8, 32):
        results = {DIRECT: [], MARTLET: [], PASSED: [], BOOKED: []}
        taken = 0
        for _ in range(rounds):
            for path, found in results.items():
                before = processor_seconds(martlet.workers())
                found.append(load(ground, front, path, clients, seconds))
                if path == MARTLET:
                    taken += processor_seconds(martlet.workers()) - before
        count = sum(result["requests"] for result in results[MARTLET])
        yield from rows(clients, results[DIRECT], results[MARTLET])
        yield passed(clients, results[DIRECT], results[MARTLET], results[PASSED])
        yield booked(clients, results[DIRECT], results[MARTLET], results[BOOKED])
    yield Row("processor time of the workers per request, 32 clients", "", f"{taken / count * 1e6:.0f} µs")


def name(path):
    """The file with the body for a path."""
    return {MARTLET: "martlet.json", PASSED: "passed.json", BOOKED: "passed.json"}.get(path, "direct.json")


def load(ground, front, path, clients, seconds):
    """One run of wrk."""
    text = run("wrk", "--threads", "1", "--connections", clients, "--duration", f"{seconds}s", "--timeout", "10s",
               "--script", HERE / "chat.lua", f"http://127.0.0.1:{front.port}", "--", path, ground.folder / name(path),
               *([ground.folder / "keys"] if path == BOOKED else []))
    result = json.loads(text.splitlines()[-1])
    if result["errors"] or not result["requests"]:
        raise BenchError(f"{path} with {clients} clients: {text}")
    return result


def rate(results):
    """The median of the rounds' requests per second."""
    return statistics.median(result["requests"] / result["microseconds"] * 1e6 for result in results)


def passed(clients, alone, translated, passed_on):
    """What is passed on byte for byte, beside what 1min.ai's dialect makes of the same."""
    share = rate(passed_on) / rate(alone)
    kept = rate(passed_on) / rate(translated)
    goal = ("at least 90 % of the row for 1min.ai", kept >= 0.9) if clients == 32 else ()
    return Row(f"requests per second passed on, {clients} client{'s' if clients > 1 else ''}", f"{rate(alone):,.0f}",
               f"{rate(passed_on):,.0f}", f"1 / {1 / share:.1f}, {kept:.0%} of translated", *goal)


def booked(clients, alone, translated, found):
    """What keys, ledger and usage cost, beside callers who bring a vendor's key."""
    share, kept = rate(found) / rate(alone), rate(found) / rate(translated)
    goal = ("at least 75 % of the row for 1min.ai", kept >= 0.75) if clients == 32 else ()
    return Row(f"requests per second with keys, ledger and usage, {clients} client{'s' if clients > 1 else ''}",
               f"{rate(alone):,.0f}", f"{rate(found):,.0f}", f"1 / {1 / share:.1f}, {kept:.0%}", *goal)


def rows(clients, alone, martlet):
    """Medians of the rounds."""
    def latency(results, share):
        return statistics.median(result[share] for result in results) / 1e3

    people = "1 client" if clients == 1 else f"{clients} clients"
    share = rate(martlet) / rate(alone)
    yield Row(f"requests per second, {people}", f"{rate(alone):,.0f}", f"{rate(martlet):,.0f}",
              f"1 / {1 / share:.1f}", *(("at least 1 / 8", share >= 1 / 8) if clients == 32 else ()))
    added = latency(martlet, "median") - latency(alone, "median")
    yield Row(f"median latency, {people}", f"{latency(alone, 'median'):.2f} ms", f"{latency(martlet, 'median'):.2f} ms",
              f"+{added:.2f} ms", *(("under 0.40 ms added", added < 0.4) if clients == 1 else ()))
    yield Row(f"99th percentile of latency, {people}", f"{latency(alone, 'p99'):.2f} ms",
              f"{latency(martlet, 'p99'):.2f} ms")
