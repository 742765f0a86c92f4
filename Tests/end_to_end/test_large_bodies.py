"""Bodies of many megabytes: they go through a file, and the memory stays small."""

import concurrent.futures
import json

import httpx

from vendors import CHANNEL, KEY, Seen, gateway as vendor_gateway
from gateway import living

PICTURE = "data:image/png;base64," + "iVBORw0KGgoAAAAN" * (20 * 65_536)


def channels(port):
    return "".join(
        CHANNEL.format(name=name, type=name, port=port, path=path, more=f'key = "k"\nmodels = [{models}]')
        for name, path, models in [("openai", "openai/v1", '"m = real-name"'),
                                   ("anthropic", "anthropic/v1", '"c = claude-sonnet-4-5"')])


def body(model="m", picture=PICTURE, stream=False):
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": picture}}]
    return json.dumps({"messages": [{"role": "user", "content": parts}], "model": model, "stream": stream, "x": 1.50})


def post(gateway, content):
    return httpx.post(f"http://127.0.0.1:{gateway.port}/v1/chat/completions", content=content, timeout=120,
                      headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})


def peak_memory(gateway):
    """The most that Martlet's workers have held together, in MiB."""
    total = 0
    for process, (parent, session, _, command) in living().items():
        if session == gateway.process.pid and "martlet worker" in command:
            status = open(f"/proc/{process}/status").read()
            total += int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
    return total / 1024


def test_a_hundred_long_bodies_at_once_take_little_memory(tmp_path):
    with vendor_gateway(tmp_path, channels) as running:
        content = body()
        assert len(content) > 20 << 20
        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            statuses = list(pool.map(lambda _: post(running, content).status_code, range(100)))
        assert statuses == [200] * 100
        assert peak_memory(running) < 300


def test_a_long_body_reaches_the_vendor_with_its_models_name_alone_changed(tmp_path):
    with vendor_gateway(tmp_path, channels) as running:
        assert post(running, body()).status_code == 200
        sent = Seen(running)["openai"]["last_request"]
        assert sent["model"] == "real-name" and sent["x"] == 1.5
        assert sent["messages"][0]["content"][1]["image_url"]["url"] == PICTURE
        streamed = post(running, body(stream=True))
        assert streamed.text.endswith("data: [DONE]\n\n") and "usage" not in streamed.text


def test_a_long_body_that_breaks_off_is_refused_before_anybody_is_asked(tmp_path):
    with vendor_gateway(tmp_path, channels) as running:
        answer = post(running, body()[:-1])
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_json")
        assert Seen(running)["openai"]["requests"] == 0


def test_a_long_body_without_a_model_says_so(tmp_path):
    with vendor_gateway(tmp_path, channels) as running:
        answer = post(running, body().replace('"model"', '"modem"'))
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "model")


def test_a_long_body_is_translated_where_it_has_to_be(tmp_path):
    png = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    with vendor_gateway(tmp_path, channels) as running:
        content = json.loads(body("c", f"data:image/png;base64,{png}"))
        content["messages"].insert(0, {"role": "system", "content": "word " * 300_000})
        assert post(running, json.dumps(content)).status_code == 200
        sent = Seen(running)["anthropic"]["last_request"]
        assert sent["messages"][0]["content"][1]["source"]["data"] == png


def test_nothing_is_left_in_the_folder_of_long_bodies(tmp_path):
    with vendor_gateway(tmp_path, channels) as running:
        assert post(running, body()).status_code == 200
        assert list((tmp_path / "state/spool").iterdir()) == []
