"""Keys that fail, channels that take over, and what all workers know of it."""

import concurrent.futures
import json
import os
import signal
import time

import httpx
import openai
import pytest

from gateway import living, wait_until
from vendors import CHANNEL, KEY, Seen, gateway as vendor_gateway

# Failures open nothing and rest nothing unless a test says so.
CALM = "[breaker]\nfailures = 100\nshare = 1.0\n"


def ask(gateway, model="m", prompt="Hi", **more):
    return httpx.post(f"http://127.0.0.1:{gateway.port}/v1/chat/completions", timeout=30,
                      headers={"Authorization": f"Bearer {KEY}", **more.pop("headers", {})},
                      json={"model": model, "messages": [{"role": "user", "content": prompt}], **more})


def channel(port, name="one", kind="openai", path="openai/v1", keys=("good-vendor-key-1",), models='"m"', more=""):
    listed = ", ".join(f'"{key}"' for key in keys)
    return CHANNEL.format(name=name, type=kind, port=port, path=path,
                          more=f"keys = [{listed}]\nmodels = [{models}]\n{more}")


def test_the_second_key_answers_and_the_first_is_left_alone_by_all_and_after_a_restart(tmp_path):
    def channels(port):
        return channel(port, keys=("refused-key", "good-key"))

    with vendor_gateway(tmp_path, channels) as running:
        seen = Seen(running)
        for number in range(12):
            assert ask(running, prompt=f"question {number}").status_code == 200
        keys = seen["openai"]["keys"]
        assert keys["good-key"] == 12
        assert keys["refused-key"] == 3
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda number: ask(running, prompt=f"another {number}").status_code, range(64)))
        assert answers == [200] * 64
        assert seen["openai"]["keys"]["refused-key"] == 3
    with vendor_gateway(tmp_path, channels) as running:
        for number in range(4):
            assert ask(running, prompt=f"question {number}").status_code == 200
        assert Seen(running)["openai"]["keys"] == {"good-key": 4}


def test_a_key_that_rested_is_tried_again_by_one_request(tmp_path):
    def channels(port):
        return channel(port, keys=("broken-key", "good-key"))

    extra = "[breaker]\nfailures = 2\nopen_seconds = 1\nopen_seconds_max = 1\n"
    with vendor_gateway(tmp_path, channels, extra) as running:
        seen = Seen(running)
        for number in range(8):
            assert ask(running, prompt=f"question {number}").status_code == 200
        assert seen["openai"]["keys"]["broken-key"] == 2
        time.sleep(1.1)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda number: ask(running, prompt=f"more {number}").status_code, range(16))) == {200}
        assert seen["openai"]["keys"]["broken-key"] == 3


def test_keys_take_turns_over_all_workers(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port, keys=("key-a", "key-b", "key-c")), CALM) as running:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            prompts = [f"question {number}" for number in range(60)]
            assert set(pool.map(lambda prompt: ask(running, prompt=prompt).status_code, prompts)) == {200}
        counts = Seen(running)["openai"]["keys"]
        assert counts == {"key-a": 20, "key-b": 20, "key-c": 20}


def test_a_conversation_stays_with_the_key_that_served_it(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port, keys=("key-a", "key-b", "key-c")), CALM) as running:
        seen = Seen(running)
        for _ in range(9):
            assert ask(running, prompt="the same beginning").status_code == 200
        assert list(seen["openai"]["keys"].values()) == [9]


def test_a_higher_priority_is_asked_first_and_the_other_only_when_it_fails(tmp_path):
    def channels(port):
        return (channel(port, "low", "anthropic", "anthropic/v1", ("good-low",))
                + channel(port, "high", keys=("good-high",), more="priority = 5"))

    with vendor_gateway(tmp_path, channels, CALM) as running:
        seen = Seen(running)
        assert "simulated m" in ask(running).text
        assert seen["anthropic"]["requests"] == 0
        ask(running, prompt="sim:busy")
        assert seen["anthropic"]["requests"] >= 1


@pytest.mark.parametrize("word", ["overloaded", "error-first", "bad-gateway", "rate-limited"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_vendor_that_fails_before_its_answer_is_replaced(tmp_path, word, stream):
    if word == "error-first" and not stream:
        pytest.skip("only a stream has a first event")

    def channels(port):
        # The second vendor does not know the word: its key is good, and it gets another model's name.
        return (channel(port, "first", keys=("good-vendor-key-1",), more="priority = 1")
                + channel(port, "second", "gemini", "gemini/v1beta", ("good-2",), '"m = gemini-2.5-flash"'))

    with vendor_gateway(tmp_path, channels, CALM) as running:
        seen = Seen(running)
        ask(running, prompt=f"sim:{word}", stream=stream)
        assert seen["openai"]["requests"] == 1
        assert seen["gemini"]["requests"] >= 1


def test_a_fallback_model_answers_when_every_key_of_the_first_fails(tmp_path):
    def channels(port):
        return (channel(port, "openai", keys=("broke-key",))
                + channel(port, "other", "anthropic", "anthropic/v1", ("good",), '"backup = claude-sonnet-4-5"'))

    extra = CALM + '[models.fallbacks]\nm = ["backup"]\n'
    with vendor_gateway(tmp_path, channels, extra) as running:
        answer = ask(running)
        assert answer.status_code == 200
        assert answer.json()["model"] == "claude-sonnet-4-5"


def test_a_request_that_is_at_fault_is_not_sent_elsewhere(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port, keys=("key-a", "key-b")), CALM) as running:
        assert ask(running, prompt="sim:invalid").status_code == 400
        assert Seen(running)["openai"]["requests"] == 1


def test_nothing_is_asked_again_behind_the_first_content(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port, keys=("key-a", "key-b")), CALM) as running:
        body = ask(running, prompt="sim:error-late", stream=True).text
        assert '"error"' in body and body.endswith("data: [DONE]\n\n")
        assert Seen(running)["openai"]["requests"] == 1


def test_what_a_client_says_reaches_its_own_dialect_byte_for_byte(tmp_path):
    body = ('{ "temperature":1.50,"model" : "m", "unknown":{"z":1e2,"a":[1.0]},  "messages":[{"role":"user",'
            '"content":"caf\\u00e9 \\/"}] ,"top_p": 0.10 }')
    with vendor_gateway(tmp_path, lambda port: channel(port, models='"m = real-name"'), CALM) as running:
        answer = httpx.post(f"http://127.0.0.1:{running.port}/v1/chat/completions",
                            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
                            content=body)
        assert answer.status_code == 200
        sent = httpx.get(f"http://127.0.0.1:{running.port}/simulator/vendors").text
        expected = ('"last_request":{"temperature":1.50,"model":"real-name","unknown":{"z":1e2,"a":[1.0]},'
                    '"messages":[{"role":"user","content":"café /"}],"top_p":0.10}')
        assert expected in sent.replace("caf\\u00e9", "café")


def test_a_usage_that_nobody_asked_for_is_counted_and_not_shown(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), CALM) as running:
        body = ask(running, stream=True).text
        assert "usage" not in body
        log = tmp_path / "state/log/martlet.log"
        wait_until(lambda: '"tokens_in"' in log.read_text(), 5, "the request is logged")
        lines = map(json.loads, log.read_text().splitlines())
        line = next(line for line in lines if "tokens_in" in line)
        assert (line["tokens_in"], line["tokens_out"]) == (11, 7)


def test_a_silent_vendor_is_given_up_at_its_limit(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port, more="idle_seconds = 0.5"), CALM) as running:
        begin = time.monotonic()
        body = ask(running, prompt="sim:stall-late", stream=True).text
        assert '"error"' in body and time.monotonic() - begin < 5
        wait_until(lambda: Seen(running)["openai"]["open_streams"] == 0, 5, "the stream is closed")


def test_a_client_that_waits_a_second_gets_its_error_within_it(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), CALM) as running:
        answer = ask(running, prompt="sim:wait", headers={"x-stainless-read-timeout": "1"})
        assert answer.status_code == 504
        assert answer.elapsed.total_seconds() < 2


def test_a_provider_is_pinned_by_address_by_prefix_and_by_host(tmp_path):
    def channels(port):
        return (channel(port, "openai") + channel(port, "anthropic", "anthropic", "anthropic/v1", ("good",))
                + channel(port, "groq", "compatible", "strict/v1", ("good",),
                          more='quirks = ["no_stream_options", "max_tokens"]'))

    with vendor_gateway(tmp_path, channels, CALM) as running:
        seen = Seen(running)
        base = f"http://127.0.0.1:{running.port}"
        keys = {"Authorization": f"Bearer {KEY}"}
        body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
        httpx.post(base + "/anthropic/v1/chat/completions", headers=keys, json=body).raise_for_status()
        assert seen["anthropic"]["requests"] == 1
        assert ask(running, "anthropic/m").status_code == 200
        assert seen["anthropic"]["requests"] == 2
        httpx.post(base + "/openai/v1/chat/completions", headers={**keys, "X-Host-Final": "api.groq.com"},
                   json=body).raise_for_status()
        assert (seen["strict"]["requests"], seen["openai"]["requests"]) == (1, 0)
        unknown = httpx.post(base + "/nobody/v1/chat/completions", headers=keys, json=body)
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "provider_not_found")
        missing = ask(running, "no-such-model")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")


def test_providers_and_their_models_are_listed(tmp_path):
    models = '{ name = "m", context = 1000, output = 100 }, "a/b"'
    with vendor_gateway(tmp_path, lambda port: channel(port, "openai", models=models), CALM) as running:
        base = f"http://127.0.0.1:{running.port}"
        keys = {"Authorization": f"Bearer {KEY}"}
        listed = httpx.get(base + "/v1/providers", headers=keys).json()
        assert {"id": "openai", "object": "provider", "protocol": "openai"} in listed["data"]
        model = {"id": "m", "object": "model", "created": 0, "owned_by": "openai", "context_window": 1000,
                 "context_length": 1000, "max_completion_tokens": 100}
        assert httpx.get(base + "/openai/v1/models", headers=keys).json()["data"][0] == model
        assert httpx.get(base + "/openai/v1/models/m", headers=keys).json() == model
        assert httpx.get(base + "/openai/v1/models/a%2Fb", headers=keys).json()["id"] == "a/b"
        assert httpx.get(base + "/openai/v1/models/x", headers=keys).status_code == 404
        assert httpx.get(base + "/v1/providers").json() == {"error": "Missing Authorization header"}
        assert "m" in [entry["id"] for entry in httpx.get(base + "/v1/models").json()["data"]]


def test_what_has_no_conversation_goes_on_as_it_is(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port, models='"m = real"'), CALM) as running:
        base = f"http://127.0.0.1:{running.port}/v1"
        keys = {"Authorization": f"Bearer {KEY}"}
        vectors = httpx.post(base + "/embeddings", headers=keys, json={"model": "m", "input": ["a", "b"]}).json()
        assert [entry["embedding"] for entry in vectors["data"]] == [[1.0, 2.0], [1.0, 2.0]]
        assert vectors["model"] == "real"
        assert not httpx.post(base + "/moderations", headers=keys,
                              json={"model": "m", "input": "x"}).json()["results"][0]["flagged"]
        assert httpx.post(base + "/rerank", headers=keys,
                          json={"model": "m", "query": "x", "documents": ["y"]}).json()["results"]
        assert httpx.post(base + "/images/generations", headers=keys,
                          json={"model": "m", "prompt": "x"}).json()["data"][0]["b64_json"]
        sound = httpx.post(base + "/audio/speech", headers=keys, json={"model": "m", "input": "x", "voice": "alloy"})
        assert (sound.content, sound.headers["content-type"]) == (b"ID3-sound", "audio/mpeg")
        words = httpx.post(base + "/audio/transcriptions", headers=keys, data={"model": "m"},
                           files={"file": ("a.wav", b"RIFF", "audio/wav")}).json()
        assert words == {"text": "What was said.", "model": "real"}


def test_a_forwarding_gateway_gets_its_key_and_prefixed_names(tmp_path):
    def channels(port):
        return channel(port, "groq", "compatible", "openai/v1", models='"m", "groq/compound"',
                       more=f'gateway = "http://127.0.0.1:{port}/simulator/{{account}}/v1"\n'
                            'gateway_account = "openai"\ngateway_key = "gateway-secret"')

    with vendor_gateway(tmp_path, channels, CALM) as running:
        seen = Seen(running)
        assert ask(running).status_code == 200
        assert seen["openai"]["last_request"]["model"] == "groq/m"
        assert seen["openai"]["last_fields"]["cf-aig-authorization"] == "Bearer gateway-secret"
        assert ask(running, "groq/compound").status_code == 200
        assert seen["openai"]["last_request"]["model"] == "groq/compound"


def test_embeddings_of_another_dialect_come_in_openais_shape(tmp_path):
    models = '"e = text-embedding-004"'
    with vendor_gateway(tmp_path, lambda port: channel(port, "gemini", "gemini", "gemini/v1beta", models=models)) as running:
        client = openai.OpenAI(base_url=f"http://127.0.0.1:{running.port}/v1", api_key=KEY, max_retries=0)
        answer = client.embeddings.create(model="e", input=["a", "b"], dimensions=2)
        assert [entry.embedding for entry in answer.data] == [[0.0, 2.0], [1.0, 2.0]]
        plain = client.embeddings.create(model="e", input="a", encoding_format="float")
        assert plain.data[0].embedding == [0.0, 2.0]
        sent = Seen(running)["gemini"]["last_request"]["requests"][0]
        assert sent["model"] == "models/text-embedding-004"
        wrong = httpx.post(f"http://127.0.0.1:{running.port}/v1/embeddings", json={"model": "e", "input": [[1, 2]]},
                           headers={"Authorization": f"Bearer {KEY}"})
        assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "input[0]")


def test_tokens_are_counted_by_the_vendor_who_can(tmp_path):
    def channels(port):
        return channel(port, "anthropic", "anthropic", "anthropic/v1", models='"c"') + channel(port, "openai")

    with vendor_gateway(tmp_path, channels) as running:
        def count(model):
            return httpx.post(f"http://127.0.0.1:{running.port}/v1/messages/count_tokens",
                              headers={"x-api-key": KEY},
                              json={"model": model, "messages": [{"role": "user", "content": "Hi"}]}).json()

        assert count("c") == {"input_tokens": 42}
        assert 0 < count("m")["input_tokens"] < 20


def test_a_full_channel_is_passed_over_for_one_with_room(tmp_path):
    def channels(port):
        models = '{ name = "m", tokens_per_minute = 60 }'
        return (channel(port, "small", models=models, more="priority = 1")
                + channel(port, "large", "gemini", "gemini/v1beta", models='"m = gemini-2.5-flash"'))

    with vendor_gateway(tmp_path, channels, CALM) as running:
        seen = Seen(running)
        for number in range(8):
            assert ask(running, prompt=f"question {number} " + "word " * 20).status_code == 200
        assert 1 <= seen["openai"]["requests"] <= 3
        assert seen["gemini"]["requests"] == 8 - seen["openai"]["requests"]


def test_a_stream_that_outlives_the_drain_ends_with_an_error_and_its_reason_in_the_log(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port),
                        environment={"MARTLET_SERVER_DRAIN_SECONDS": "3", "MARTLET_STREAM_HEARTBEAT_SECONDS": "1"}) as running:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            stream = pool.submit(lambda: ask(running, prompt="sim:stall-late", stream=True).text)
            wait_until(lambda: Seen(running)["openai"]["open_streams"] == 1, 10, "the stream runs")
            workers = [process for process, (_, session, _, command) in living().items()
                       if session == running.process.pid and "martlet worker" in command]
            for worker in workers:
                os.kill(worker, signal.SIGTERM)
            body = stream.result(timeout=20)
        assert '"restarting"' in body and body.endswith("data: [DONE]\n\n")
        log = tmp_path / "state/log/martlet.log"
        wait_until(lambda: '"label":"drained"' in log.read_text(), 5, "the outcome is logged")
