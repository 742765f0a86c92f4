"""`conf/run` itself: its options, and that it stops what it started and nothing else."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess

import pytest

from gateway import ROOT, free_port


def test_two_runs_at_once_do_not_disturb_each_other(run):
    first, second = run("nginx"), run("nginx")
    first.wait_ready()
    second.wait_ready()
    assert first.stop() == 0
    assert not first.left_over()
    assert second.request("GET", "/health")[0] == 200
    assert second.stop(signal.SIGINT) == 0
    assert not second.left_over()


def test_a_taken_port_is_said_in_words(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        gateway = run("nginx", port=other.getsockname()[1])
        assert gateway.process.wait(timeout=30) != 0
        assert b"is taken" in gateway.process.stderr.read()
    assert not gateway.left_over()


def test_a_start_that_fails_leaves_nothing_running(run, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("this is not = = TOML")
    broken.chmod(0o644)
    gateway = run("nginx", options=["--config", str(broken)])
    assert gateway.process.wait(timeout=60) != 0
    assert b"martlet ended" in gateway.process.stderr.read()
    assert not gateway.left_over()


def test_a_folder_with_other_files_is_not_taken_over(run, tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    (folder / "one.jpg").write_text("")
    gateway = run("nginx", state=folder)
    assert gateway.process.wait(timeout=30) != 0
    assert b"other files" in gateway.process.stderr.read()
    assert os.listdir(folder) == ["one.jpg"]


def test_a_second_run_uses_the_same_state_folder(run, tmp_path):
    for _ in range(2):
        gateway = run("lighttpd", state=tmp_path / "same").wait_ready()
        assert gateway.stop() == 0


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become somebody else")
@pytest.mark.parametrize("server", ["nginx", "lighttpd", "apache-proxy", "apache-fcgid"])
def test_an_ordinary_user_can_run_it(run, server):
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    programs = pathlib.Path(os.environ.get("MARTLET_BUILD_DIR", ROOT / ".build")) / "release/martlet"
    if subprocess.run([*as_nobody, "test", "-x", str(programs)]).returncode:
        pytest.skip("the build folder is inside one that only root may enter")
    folder = pathlib.Path("/tmp") / f"martlet-nobody-{free_port()}"
    folder.mkdir()
    shutil.chown(folder, "nobody", "nogroup")
    try:
        gateway = run(server, state=folder, command=as_nobody).wait_ready()
        assert gateway.request("GET", "/health")[0] == 200
        assert gateway.stop() == 0
        assert not gateway.left_over()
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("arguments", [["--port", "none"], ["--server", "iis"], ["--workers", "0"], ["--what"]])
def test_a_wrong_option_is_refused(arguments):
    answer = subprocess.run([str(ROOT / "conf/run"), "--no-build", *arguments], capture_output=True, timeout=20)
    assert answer.returncode != 0
    assert arguments[-1].encode() in answer.stderr
