"""`martlet models` and `martlet routes`: what they say without a running server, and of a running one."""

import json
import subprocess

import httpx

from gateway import PROGRAM
from vendors import CHANNEL, Seen, gateway as vendor_gateway, settings
from test_fallback import ask, channel

TWO = CHANNEL.format(name="openai", type="openai", port=1, path="openai/v1",
                     more='keys = ["sk-first-key-ABCD", {key = "sk-second-key-WXYZ", plan = "expired"}]\n'
                          'models = ["gpt-4o-mini", "fast = gpt-4o-mini"]\npriority = 2') + CHANNEL.format(
    name="anthropic", type="anthropic", port=1, path="anthropic/v1",
    more='key = "sk-third-key-0123456"\nmodels = ["fast = claude-sonnet-4-5", { name = "big", upstream = "x", context = 7 }]')


def martlet(folder, *arguments):
    config = folder / "martlet.toml"
    if not config.exists():
        config.write_text(settings(1, TWO))
    return subprocess.run([PROGRAM, *arguments, "--config", str(config), "--state", str(folder / "state")],
                          capture_output=True, text=True, timeout=30)


def test_models_are_listed_with_their_channels_and_limits(tmp_path):
    listed = json.loads(martlet(tmp_path, "models", "--json").stdout)
    rows = {row["model"]: row for row in listed}
    assert rows["fast"]["channels"] == ["openai", "anthropic"]
    assert rows["gpt-4o-mini"]["context"] == 128_000
    assert rows["big"]["context"] == 7
    shown = martlet(tmp_path, "models")
    assert shown.returncode == 0 and shown.stdout.splitlines()[0].split() == ["MODEL", "CHANNELS", "CONTEXT", "OUTPUT"]


def test_routes_are_explained_without_showing_a_key(tmp_path):
    ways = json.loads(martlet(tmp_path, "routes", "fast", "--json").stdout)
    assert [(way["channel"], way["model"], way["key"], way["state"]) for way in ways] == [
        ("openai", "gpt-4o-mini", "ABCD", "ready"), ("anthropic", "claude-sonnet-4-5", "3456", "ready"),
        ("openai", "gpt-4o-mini", "WXYZ", "expired")]
    assert ways[0]["usd_per_mtok"] == {"input": 0.15, "output": 0.6}
    shown = martlet(tmp_path, "routes", "fast")
    assert "first-key" not in shown.stdout and "…ABCD" in shown.stdout


def test_a_model_that_nobody_has_ends_with_an_error(tmp_path):
    answer = martlet(tmp_path, "routes", "nothing")
    assert answer.returncode == 1 and "no channel has a model" in answer.stderr


def test_a_key_that_rests_is_shown_with_its_reason(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port, keys=("broke-key-of-mine-1234", "good-key-of-mine-5678"))) as running:
        for number in range(2):
            assert ask(running, prompt=f"question {number}").status_code == 200
        assert Seen(running)["openai"]["keys"]["broke-key-of-mine-1234"] == 1
        ways = json.loads(martlet(tmp_path, "routes", "m", "--json").stdout)
        resting = next(way for way in ways if way["key"] == "1234")
        assert (resting["state"], resting["reason"]) == ("resting", "no_credit")


def test_what_commands_make_before_the_first_start_belongs_to_the_service(tmp_path):
    state = tmp_path / "state"
    made = subprocess.run([PROGRAM, "account", "create-owner", "root", "--state", str(state)], input="correct horse battery\n",
                          capture_output=True, text=True, timeout=30)
    assert made.returncode == 0, made
    assert (state / "martlet.db").stat().st_mode & 0o077 == 0, "nobody else reads it"
    with vendor_gateway(tmp_path, lambda port: channel(port)) as running:
        body = {"username": "root", "password": "correct horse battery"}
        assert httpx.post(f"http://127.0.0.1:{running.port}/api/user/login", json=body).status_code == 200
        owner = (state / "martlet.db").stat().st_uid
        keys = subprocess.run([PROGRAM, "key", "create", "root", "--state", str(state)], capture_output=True, text=True, timeout=30)
        assert keys.returncode == 0 and ask(running, model="m").status_code == 200
        for path in state.glob("martlet.db*"):
            assert path.stat().st_uid == owner, path
