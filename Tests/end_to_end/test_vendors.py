"""Every client dialect on every vendor: what the official SDKs get is what the simulated vendor said.

The table of pairs is `CLIENTS` × `MODELS`; what a vendor cannot do is a clear error, and has a test of its own.
"""

import json

import httpx
import pytest

from vendors import CLIENTS, KEY, MODELS, PERSON, Seen, gateway as vendor_gateway

PAIRS = [(client, vendor) for client in CLIENTS for vendor in MODELS]


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    with vendor_gateway(tmp_path_factory.mktemp("vendors")) as running:
        yield running


@pytest.fixture(scope="module")
def clients(relay):
    return {name: make(relay.port) for name, make in CLIENTS.items()}


@pytest.fixture(scope="module")
def seen(relay):
    return Seen(relay)


def each(function):
    function = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])(function)
    return pytest.mark.parametrize("client,vendor", PAIRS, ids=["-".join(pair) for pair in PAIRS])(function)


def upstream_model(vendor):
    return {"anthropic": "claude-sonnet-4-5", "gemini": "gemini-3-pro-preview"}.get(vendor, MODELS[vendor])


@each
def test_text_and_usage_arrive(clients, client, vendor, stream):
    answer = clients[client].ask(MODELS[vendor], "Hi", stream)
    assert answer.text == f"Hello from the simulated {upstream_model(vendor)}! You said: Hi"
    assert answer.reason == clients[client].reasons["stop"]
    if (vendor, stream) != ("strict", True):
        assert (answer.input, answer.output) == (11, 7)
    if stream:
        assert answer.pieces >= 5


@each
def test_parallel_tool_calls_and_their_results_go_round(clients, seen, client, vendor, stream):
    asking = clients[client]
    first = asking.ask(MODELS[vendor], "Weather? sim:two-calls", stream, tools=True)
    assert [call[1] for call in first.calls] == ["weather", "time"]
    assert [json.loads(call[2]) for call in first.calls] == [{"city": "Oslo"}, {"city": "Rome"}]
    assert first.text == "Let me look."
    assert first.reason == asking.reasons["calls"]
    history = asking.after("Weather? sim:two-calls", first, ["rain", "noon"])
    second = asking.ask(MODELS[vendor], "Go on.", stream, tools=True, history=history) if client != "chat" else \
        asking.ask(MODELS[vendor], "Go on.", stream, tools=True, history=history)
    assert second.text, seen[vendor]["last_request"]


@each
def test_a_call_without_arguments_has_an_empty_object(clients, client, vendor, stream):
    answer = clients[client].ask(MODELS[vendor], "sim:empty-call", stream, tools=True)
    assert [(call[1], json.loads(call[2])) for call in answer.calls] == [("weather", {})]


@pytest.mark.parametrize("client,vendor", PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_a_megabyte_of_arguments_arrives_whole(clients, client, vendor):
    answer = clients[client].ask(MODELS[vendor], "sim:huge-call", True, tools=True)
    assert len(json.loads(answer.calls[0][2])["city"]) == 1 << 20


@each
def test_an_answer_in_json_fits_its_schema(clients, client, vendor, stream):
    answer = clients[client].ask(MODELS[vendor], "Who?", stream, schema=PERSON)
    assert json.loads(answer.text) == {"name": "Ada", "age": 36}


@each
def test_thoughts_arrive_and_their_seals_go_back(clients, seen, client, vendor, stream):
    if vendor in ("azure", "strict") or client == "responses" and vendor == "openai":
        pytest.skip("this vendor shows no thoughts in this dialect")
    asking = clients[client]
    prompt = "sim:think sim:toolcall"
    first = asking.ask(MODELS[vendor], prompt, stream, thinks=True)
    assert first.thoughts == "Let me think."
    assert first.text.startswith("Hello")
    if vendor != "anthropic":
        return
    turn = first.turn if isinstance(first.turn, list) else [first.turn]
    history = asking.after(prompt, first, []) if client != "messages" else [
        {"role": "user", "content": prompt}, *turn]
    if client == "google":
        history = history[:2]
    asking.ask(MODELS[vendor], "And now?", stream, thinks=True, history=history)
    sent = seen["anthropic"]["last_request"]["messages"]
    blocks = [block for message in sent for block in message["content"] if isinstance(block, dict)]
    sealed = [block for block in blocks if block["type"] == "thinking"]
    assert sealed and sealed[0]["signature"] == "c2VhbC1mb3ItYW50aHJvcGlj"
    assert sealed[0]["thinking"] == "Let me think."


@each
def test_cached_tokens_are_told(clients, client, vendor, stream):
    if vendor == "strict" and stream:
        pytest.skip("this vendor tells no usage in a stream")
    answer = clients[client].ask(MODELS[vendor], "sim:cached", stream)
    assert (answer.input, answer.cached) == (161, 100)


@each
def test_the_limit_is_told(clients, client, vendor, stream):
    if client == "responses" and vendor == "openai":
        pytest.skip("the simulated Responses has no limit")
    answer = clients[client].ask(MODELS[vendor], "sim:length", stream, max_tokens=20)
    assert answer.reason == clients[client].reasons["length"]


@pytest.mark.parametrize("client", CLIENTS)
def test_the_stop_text_is_told_where_the_dialect_has_a_place(clients, client):
    answer = clients[client].ask(MODELS["anthropic"], "sim:stop-text", False)
    assert answer.reason == clients[client].reasons["text"]


@each
def test_an_error_before_the_answer_has_its_status(clients, client, vendor, stream):
    with pytest.raises(clients[client].hears_errors_as) as failure:
        clients[client].ask(MODELS[vendor], "sim:invalid", stream)
    assert getattr(failure.value, "status_code", None) == 400 or getattr(failure.value, "code", None) == 400


@pytest.mark.parametrize("client,vendor", PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_an_error_in_the_middle_ends_the_stream_with_an_error(clients, client, vendor):
    if client == "responses" and vendor == "openai":
        pytest.skip("the simulated Responses has no such fault")
    with pytest.raises(Exception) as failure:
        clients[client].ask(MODELS[vendor], "sim:error-late", True)
    assert "10.0.0.7" not in str(failure.value)


@pytest.mark.parametrize("client,vendor", PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_a_stream_that_is_cut_does_not_look_complete(clients, client, vendor):
    with pytest.raises(Exception):
        clients[client].ask(MODELS[vendor], "sim:cut", True)


def test_a_key_that_is_not_known_opens_no_channel(relay):
    answer = httpx.post(f"http://127.0.0.1:{relay.port}/v1/chat/completions",
                        headers={"Authorization": "Bearer sk-stranger"},
                        json={"model": "gpt", "messages": [{"role": "user", "content": "Hi"}]})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"


def test_no_answer_shows_a_channels_key(relay, clients):
    for vendor, model in MODELS.items():
        answer = httpx.post(f"http://127.0.0.1:{relay.port}/v1/chat/completions",
                            headers={"Authorization": f"Bearer {KEY}"},
                            json={"model": model, "messages": [{"role": "user", "content": "sim:bad-key"}]})
        assert answer.status_code == 502
        assert answer.json()["error"]["code"] == "upstream_auth_error"
        assert "key-for-" not in answer.text and "10.0.0.7" not in answer.text
