"""A large picture goes through with little more memory than its base64 takes."""

import base64
import json
import os
import pathlib
import re

import pytest

from gateway import Gateway, fresh_key
from pictures import part, png, text, uri

MEBI = 1 << 20


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("memory") / "state", options=["--workers", "1"]).wait_ready()
    yield gateway
    assert gateway.stop() == 0


def worker(relay):
    (number,) = [number for number, (_, _, _, command) in relay.processes().items()
                 if re.search(r"\bmartlet worker\b", command)]
    return pathlib.Path(f"/proc/{number}")


def memory(process, name):
    return int(re.search(rf"{name}:\s+(\d+) kB", (process / "status").read_text())[1]) * 1024


def peak_of(relay, body, path="/v1/chat/completions"):
    """The answer, and how much more memory the worker held at its highest than before."""
    process = worker(relay)
    (process / "clear_refs").write_text("5")  # the highest point so far is forgotten: proc(5)
    before = memory(process, "VmRSS")
    connection = relay.connection()
    connection.timeout = 240
    connection.request("POST", path, body, {
        "Authorization": "Bearer " + fresh_key(), "Content-Type": "application/json"})
    answer = connection.getresponse()
    said = answer.read().decode()
    assert answer.status == 200, said
    return said, memory(process, "VmHWM") - before


@pytest.mark.parametrize("escape", [lambda body: body, lambda body: body.replace("/", "\\/")],
                         ids=["plain", "escaped"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_picture_of_20_mib_takes_less_than_three_times_its_size(relay, escape, stream):
    # The pieces of the program that are used for the first time are not the picture's.
    small = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": [part(uri(png(2, 3)))]}]})
    peak_of(relay, small)
    content = png(40, 50)
    content += os.urandom(20 * MEBI - len(content))
    body = json.dumps({"model": "gpt-4o", "stream": stream, "messages": [
        {"role": "user", "content": [text("Look"), part(uri(content))]}]})
    said, peak = peak_of(relay, escape(body))
    assert "1 image: png 40x50" in said and f"{20 * MEBI}" in said.replace(" bytes", "")
    print(f"a picture of 20 MiB took {peak / MEBI:.1f} MiB")
    assert peak < 3 * 20 * MEBI


def test_the_same_picture_for_anthropics_clients(relay):
    content = png(41, 50)
    content += os.urandom(20 * MEBI - len(content))
    body = json.dumps({"model": "gpt-4o", "max_tokens": 99, "messages": [{"role": "user", "content": [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png",
                                     "data": base64.b64encode(content).decode()}}]}]})
    said, peak = peak_of(relay, body, "/v1/messages")
    assert "1 image: png 41x50" in said
    assert peak < 3 * 20 * MEBI
