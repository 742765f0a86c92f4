"""The list of models: from the vendor when it can be reached, else the last good copy, else the bundled one."""

import concurrent.futures
import json
import os

from gateway import free_port, wait_until
from vendor import Vendor, whole

# A model that only the simulated vendor has.
SIMULATED = "us.anthropic.claude-sonnet-5"
LARGEST = 2**63 - 1
# Many gateways run at once here.
FEW_THREADS = {"MARTLET_SERVER_THREADS": "8"}


def models(gateway):
    status, _, body = gateway.request("GET", "/v1/models")
    assert status == 200
    return [model["id"] for model in json.loads(body)["data"]]


def everywhere(gateway, condition):
    """Whether all workers' answers fulfil a condition: they may differ for a moment.

    Asked one by one, the worker that answered last would answer again.
    """
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        return all(threads.map(lambda _: condition(models(gateway)), range(48)))


def unreachable():
    return {"MARTLET_ONEMIN_BASE_URL": f"http://127.0.0.1:{free_port()}"}


def workers(gateway):
    return {number for number, row in gateway.processes().items() if "martlet worker " in row[3]}


def warnings(gateway):
    return (gateway.state / "log/martlet.log").read_text().count("model catalogue not refreshed")


def test_the_list_comes_from_the_vendor_and_survives_it(run, tmp_path):
    state = tmp_path / "kept"
    gateway = run(state=state).wait_ready()
    bundled = models(gateway)
    wait_until(lambda: (state / "catalogue.json").exists(), 15, "the vendor's list is kept")
    wait_until(lambda: everywhere(gateway, lambda now: "gpt-4-retired" not in now and "qwen3-8b" in now and len(now) < 60),
               15, "every worker has the vendor's list")
    fetched = models(gateway)
    assert SIMULATED in fetched
    assert not [path for path in state.iterdir() if path.suffix == ".new"]
    # A vendor that starts beside the gateway may not be there for the first question.
    assert "not refreshed" not in (state / "log/martlet.log").read_text().partition("model catalogue refreshed")[2]
    assert gateway.stop() == 0

    # The vendor is gone: the last good copy stands from the first moment, and nobody asks before it is old.
    again = run(state=state, settings=unreachable()).wait_ready()
    assert everywhere(again, lambda now: now == fetched)
    assert fetched != bundled
    assert again.stop() == 0


def test_without_vendor_and_copy_the_bundled_list_stands(run):
    gateway = run(settings=unreachable()).wait_ready()
    assert len(models(gateway)) > 30
    wait_until(lambda: warnings(gateway), 15, "the log says that the vendor cannot be reached")
    assert everywhere(gateway, lambda now: len(now) > 30)
    assert not (gateway.state / "catalogue.json").exists()


COPIES = {
    "garbage": b"garbage", "nothing": b"", "not-utf8": b'{"models":"\xff"}', "a-list": b"[]", "an-object": b"{}",
    "largest-time": json.dumps({"fetched": LARGEST, "models": []}).encode(),
    "deep": b'{"models":' * 100_000,
}


def together(run, settings):
    """Starts a gateway for each of several states at once: each asks its vendor only after some seconds."""
    started = {name: run(state=state, settings={**FEW_THREADS, **more}) for name, (state, more) in settings.items()}
    for gateway in started.values():
        gateway.wait_ready()
        gateway.first_workers = workers(gateway)
    return started


def state_with(folder, copy):
    """A state folder with a copy of the catalogue that whoever runs the gateway may replace."""
    for path in [folder, folder / "run"]:
        path.mkdir()
        path.chmod(0o777)
    (folder / "catalogue.json").write_bytes(copy)
    (folder / "catalogue.json").chmod(0o666)
    return folder


def test_a_damaged_copy_is_passed_over_and_replaced(run, tmp_path):
    gateways = together(run, {name: (state_with(tmp_path / name, copy), {}) for name, copy in COPIES.items()})
    for name, gateway in gateways.items():
        assert len(models(gateway)) > 10, name
    for name, gateway in gateways.items():
        copy = gateway.state / "catalogue.json"
        wait_until(lambda: copy.read_bytes() != COPIES[name], 20, f"a good copy takes the place of {name}")
        wait_until(lambda: everywhere(gateway, lambda now: SIMULATED in now), 15, f"every worker has it: {name}")
        assert workers(gateway) == gateway.first_workers, name


def test_a_copy_from_an_impossible_time_is_replaced(run, tmp_path):
    first = run(settings=FEW_THREADS).wait_ready()
    copy = first.state / "catalogue.json"
    wait_until(copy.exists, 15, "the vendor's list is kept")
    good = json.loads(copy.read_text())
    times = [LARGEST, -LARGEST, 4_102_444_800, 0, None]
    assert "fetched" in good
    gateways = together(run, {time: (state_with(tmp_path / str(time), json.dumps({**good, "fetched": time}).encode()), {})
                              for time in times})
    for time, gateway in gateways.items():
        assert SIMULATED in models(gateway), time
        copy = gateway.state / "catalogue.json"
        wait_until(lambda: json.loads(copy.read_text())["fetched"] != time, 20, f"the vendor is asked again after {time}")
        assert workers(gateway) == gateway.first_workers, time


BAD_LISTS = {
    "empty": whole({"models": []}), "text": whole({"models": "all"}), "list": whole([]), "cut": whole(b"{"),
    "html": whole(b"<html>", kind="text/html"), "strange": whole({"models": [{"modelId": 1}, None, "x", {}]}),
    "hang-up": b"", "refusal": whole({"error": "x"}, "500 Oops"),
    "redirect": whole(b"", "302 Found", fields=["Location: /elsewhere"]),
}


def test_a_bad_list_of_the_vendor_changes_nothing(run, tmp_path):
    vendors = {name: Vendor(always=answer) for name, answer in BAD_LISTS.items()}
    gateways = together(run, {name: (tmp_path / name, {"MARTLET_ONEMIN_BASE_URL": vendor.origin})
                              for name, vendor in vendors.items()})
    bundled = {name: models(gateway) for name, gateway in gateways.items()}
    for name, gateway in gateways.items():
        wait_until(lambda: warnings(gateway), 25, f"the log says that the list cannot be used: {name}")
        assert everywhere(gateway, lambda now: now == bundled[name]), name
        assert not (gateway.state / "catalogue.json").exists(), name
        assert workers(gateway) == gateway.first_workers, name
        assert not [line for line in vendors[name].asked if "elsewhere" in line]
    for vendor in vendors.values():
        vendor.close()


def test_a_copy_that_cannot_be_written_is_told(run, tmp_path):
    state = tmp_path / "blocked"
    for folder in [state, state / "run", state / "catalogue.json"]:
        folder.mkdir()
        folder.chmod(0o777)
    gateway = run(state=state).wait_ready()
    wait_until(lambda: warnings(gateway), 15, "the log says so")
    assert len(models(gateway)) > 10
    assert os.listdir(state / "catalogue.json") == []
    assert not list(state.glob("catalogue.json.*.new"))
