"""Where a benchmark takes place: a temporary folder, free ports, and the processes that belong to it."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent


class BenchError(Exception):
    """Why a benchmark cannot be made, in words."""


def free_port():
    """A port of the loopback that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def build_folder():
    """Where the release programs are."""
    return pathlib.Path(os.environ.get("MARTLET_BUILD_DIR", ROOT / ".build")).resolve()


def run(*command, **options):
    """Runs a command to its end and returns what it printed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise BenchError(f"{command[0]} failed with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Ground:
    """Used in a `with` statement; at its end every process that it started is gone, and so is the folder."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-bench-"))
        self._ends = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._ends.close()
        if failure[0] is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"The logs are in {self.folder}.")

    def start(self, name, *command, **options):
        """Starts a process with its output in NAME.log; it ends with the ground, the last first."""
        # MARTLET_BUILD_DIR and the like would look like settings of Martlet's.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MARTLET_")}
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen([str(word) for word in command], env=environment, stdout=log, stderr=log,
                                       **{"stdin": subprocess.DEVNULL, **options})
        self._ends.callback(stop, process)
        process.name = name
        return process

    def wait_until(self, condition, process, what, seconds=30):
        """Polls a condition; fails when the process has ended or the time is over."""
        deadline = time.monotonic() + seconds
        while not condition():
            if process.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / f"{process.name}.log").read_text(errors="replace")
                raise BenchError(f"{what}: not there; the log says: {log[-2000:]}")
            time.sleep(0.02)


def stop(process):
    """Ends a process, by force after ten seconds."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def listens(port):
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
