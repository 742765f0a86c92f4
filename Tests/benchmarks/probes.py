"""Measurements that programs of their own make: the windows' transactions, and the tokenizer."""

import re
import shutil
import subprocess

from ground import ROOT, build_folder, run
from report import Row

LINE = re.compile(r"^(\d+) processes: median ([\d.]+) µs, p99 ([\d.]+) µs, max [\d.]+ µs, (\d+) checks/s$")


def windows(ground, quick, may_build):
    """Yields rows for 1, 4 and 8 processes that share one database."""
    if may_build:
        run("swift", "build", "--package-path", ROOT, "--scratch-path", build_folder(), "-c", "release",
            "--static-swift-stdlib", "--product", "WindowProbe")
    program = build_folder() / "release/WindowProbe"
    if not program.exists():
        yield Row("window transactions", "", f"{program} is missing")
        return
    folder = ground.folder / "windows"
    folder.mkdir()
    for line in run(program, "bench", folder, 2_000 if quick else 20_000).splitlines():
        processes, median, p99, rate = LINE.match(line).groups()
        people = "1 process" if processes == "1" else f"{processes} processes"
        yield Row(f"window transactions per second, {people}", "", f"{int(rate):,}",
                  f"median {float(median):.0f} µs, 99th percentile {float(p99):.0f} µs")


def tokens(quick):
    """What the tokenizer's own benchmark prints; nothing when there is none."""
    script = ROOT / "Tests/tokenizer/bench.py"
    python = build_folder() / "venv/bin/python"
    if not script.exists() or not python.exists():
        return "The tokenizer was not measured: its benchmark or the Python packages of Tests/run are missing."
    command = [python, "-B", script, *(["--quick"] if quick else [])]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.stdout.strip() if done.returncode == 0 else f"The tokenizer's benchmark failed: {done.stderr.strip()}"
