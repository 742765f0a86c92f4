"""`/v1/completions`, what no upstream offers, what models can do, and models that only write code."""

import json

import openai
import pytest
from openai.types import Completion
from openai.types.chat import ChatCompletionChunk

from dialect_clients import MODEL, openai_client
from gateway import wait_until
from strict import check, check_event


@pytest.fixture
def client(relay):
    return openai_client(relay)


def test_a_whole_completion(client):
    answer = check(client.completions.create(model=MODEL, prompt="Hello"))
    assert answer.id.startswith("cmpl-") and answer.object == "text_completion"
    assert answer.choices[0].text == "Hello from the simulated gpt-4o-mini! You said: Hello"
    assert answer.choices[0].finish_reason == "stop" and answer.usage.total_tokens == 9
    assert client.completions.create(model=MODEL, prompt=["Hello"]).choices[0].text == answer.choices[0].text


def test_a_streamed_completion(client):
    chunks = list(client.completions.create(model=MODEL, prompt="Hello", stream=True,
                                            stream_options={"include_usage": True}))
    for chunk in chunks[:-2]:
        # OpenAI's own stream has no finish reason before the end; the SDK's type does not say so.
        assert chunk.choices[0].finish_reason is None
    for chunk in chunks[-2:]:
        check_event(chunk, Completion)
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices).endswith("You said: Hello")
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[-2].choices[0].finish_reason == "stop" and chunks[-1].usage.total_tokens == 9


@pytest.mark.parametrize("body, param", [
    ({}, "prompt"), ({"prompt": ""}, "prompt"), ({"prompt": ["a", "b"]}, "prompt"), ({"prompt": [1, 2]}, "prompt[0]"),
    ({"prompt": "x", "echo": True}, "echo"), ({"prompt": "x", "suffix": "y"}, "suffix"),
    ({"prompt": "x", "n": 2}, "n"), ({"prompt": "x", "best_of": 2}, "best_of"),
])
def test_bad_prompts_name_their_field(relay, body, param):
    status, _, answer = relay.request("POST", "/v1/completions", json.dumps({"model": MODEL, **body}),
                                      {"Authorization": "Bearer k", "Content-Type": "application/json"})
    assert status == 400 and json.loads(answer)["error"]["param"] == param


def test_a_late_failure_of_a_completion(client):
    with pytest.raises(openai.APIError):
        list(client.completions.create(model=MODEL, prompt="sim:error-late", stream=True))


def test_what_no_upstream_offers(client):
    for attempt in [lambda: client.embeddings.create(model="text-embedding-3-small", input="x"),
                    lambda: client.moderations.create(input="x")]:
        with pytest.raises(openai.NotFoundError) as caught:
            attempt()
        assert caught.value.code.endswith("_not_offered") and "Configure" in str(caught.value)
        assert caught.value.response.headers["x-should-retry"] == "false"


def test_models_say_what_they_can_do(client):
    more = ("capabilities", "context_length", "max_output_tokens")
    # The list that the program brings along knows no limits; each worker has the vendor's after a few seconds.
    models = {}

    def has_limits():
        models.update({model.id: check(model, allowed=more) for model in client.models.list()})
        return "context_length" in models[MODEL].to_dict()

    wait_until(has_limits, 30, "the vendor's list")
    assert models[MODEL].context_length == 128000 and models[MODEL].max_output_tokens == 16384
    assert models[MODEL].capabilities == {
        "uses": ["chat"], "streaming": True, "structured_outputs": True, "vision": True, "tools": False}
    assert models["gpt-4o"].capabilities["tools"] is True
    assert models["tts-1"].capabilities == {
        "uses": ["speech"], "streaming": False, "structured_outputs": False, "vision": False, "tools": False}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_model_that_only_writes_code_chats(client, relay, streamed):
    answer = client.chat.completions.create(
        model="qwen3-coder-plus", messages=[{"role": "user", "content": "Say hello"}], stream=streamed)
    if streamed:
        chunks = list(answer)
        for chunk in chunks:
            check_event(chunk, ChatCompletionChunk)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    else:
        text = check(answer).choices[0].message.content
    assert text == 'print("Hello from qwen3-coder-plus")'
    job = relay.simulator()["last_job"]
    assert job["type"] == "CODE_GENERATOR" and job["promptObject"] == {"prompt": "Say hello"}
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="qwen3-coder-plus:online", messages=[{"role": "user", "content": "x"}])
