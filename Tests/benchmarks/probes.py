"""Measurements that programs of their own make: the windows' transactions, and the tokenizer."""

import re

from ground import ROOT, BenchError, build_folder, run
from report import Row

LINE = re.compile(r"^(\d+) processes: median ([\d.]+) µs, p99 ([\d.]+) µs, max [\d.]+ µs, (\d+) checks/s$")


def built(product, may_build):
    """The path of a program that only measurements use; None when it is missing and may not be built."""
    if may_build:
        run("swift", "build", "--package-path", ROOT, "--scratch-path", build_folder(), "-c", "release",
            "--static-swift-stdlib", "--product", product)
    path = build_folder() / "release" / product
    return path if path.exists() else None


def windows(ground, quick, may_build):
    """Yields rows for 1, 4 and 8 processes that share one database."""
    program = built("WindowProbe", may_build)
    if program is None:
        yield Row("window transactions per second", "", "not built")
        return
    folder = ground.folder / "windows"
    folder.mkdir()
    for line in run(program, "bench", folder, 2_000 if quick else 20_000).splitlines():
        found = LINE.match(line)
        if not found:
            raise BenchError(f"WindowProbe says: {line}")
        processes, median, p99, rate = found.groups()
        people = "1 process" if processes == "1" else f"{processes} processes"
        goal = ("under 60 µs at the median", float(median) < 60) if processes == "4" else ()
        yield Row(f"window transactions per second, {people}", "", f"{int(rate):,}",
                  f"median {float(median):.0f} µs, 99th percentile {float(p99):.0f} µs", *goal)


CALLS = re.compile(r"^calls: median ([\d.]+) µs, p99 ([\d.]+) µs$")
SUMS = re.compile(r"^sums: (.*): ([\d.]+) ms, (\d+) rows$")


def ledger(ground, quick, may_build):
    """Yields rows: what a request pays for the books when they are empty and with many rows, and how fast sums are read."""
    program = built("LedgerProbe", may_build)
    if program is None:
        yield Row("the books", "", "not built")
        return
    folder = ground.folder / "ledger"
    folder.mkdir()
    count = 200_000 if quick else 10_000_000
    found = CALLS.match(run(program, "calls", folder, 5_000).strip())
    yield Row("books of a request, empty", "", f"median {float(found[1]):.0f} µs", f"99th percentile {float(found[2]):.0f} µs",
              "under 80 µs", float(found[1]) < 80)
    for line in run(program, "rows", folder, count).splitlines():
        if found := SUMS.match(line):
            yield Row(f"{count:,} requests: {found[1]}", "", f"{float(found[2]):.1f} ms", f"{int(found[3]):,} sums", "under 50 ms",
                      float(found[2]) < 50)
        elif found := CALLS.match(line):
            yield Row(f"books of a request behind {count:,} others", "", f"median {float(found[1]):.0f} µs",
                      f"99th percentile {float(found[2]):.0f} µs", "under 80 µs", float(found[1]) < 80)


def tokens(quick, may_build):
    """What the tokenizer's own benchmark prints, beside tiktoken."""
    script = ROOT / "Tests/tokenizer/bench.py"
    python = build_folder() / "venv/bin/python"
    probe = built("TokenProbe", may_build) if script.exists() else None
    if probe is None or not python.exists():
        return "The tokenizer was not measured: its program or the Python packages of Tests/run are missing."
    return "```\n" + run(python, "-B", script, probe, 1 if quick else 5) + "```"
