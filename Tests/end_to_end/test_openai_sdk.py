"""The official OpenAI SDK, unmodified, behind every web server."""

import asyncio

import openai
import pytest

from gateway import fresh_key

MODEL = "gpt-4o-mini"


@pytest.fixture
def client(gateway):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key=fresh_key(), max_retries=0)


def ask(client, prompt, **more):
    return client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": prompt}], **more)


def test_a_whole_answer(client):
    answer = ask(client, "Hello")
    assert answer.object == "chat.completion"
    assert answer.id.startswith("chatcmpl-")
    assert answer.choices[0].message.role == "assistant"
    assert "Hello from the simulated gpt-4o-mini" in answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0
    assert answer._request_id


def test_a_streamed_answer_with_usage(client):
    chunks = list(ask(client, "Hello", stream=True, stream_options={"include_usage": True}))
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.startswith("Hello from the simulated")
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_a_streamed_answer_without_usage(client):
    chunks = list(ask(client, "Hello", stream=True))
    assert all(chunk.choices for chunk in chunks)


@pytest.mark.parametrize("scenario, text", [
    ("crlf", "Hello from"), ("unnamed", "Hello from"), ("two-data", "Hello from"), ("bytes", "Hello from"),
    ("not-json", "Hello from"), ("duplicate", "Hello from"), ("raw", "Hello from"), ("done-word", "Hello from"),
    ("emoji", "Wave 👋🏽 and 家族 👨‍👩‍👧"), ("stutter", "haha"), ("result-only", "Only the result."),
    ("no-usage", "Hello from"), ("as-string", "Hello from"), ("as-object", "Hello from"),
])
def test_every_form_of_stream(client, scenario, text):
    chunks = list(ask(client, f"sim:{scenario}", stream=True, stream_options={"include_usage": True}))
    answer = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert answer.startswith(text)
    assert answer.count("Hello") <= 1
    assert chunks[-1].usage.completion_tokens > 0


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("scenario, error, status, code", [
    ("bad-key", openai.AuthenticationError, 401, "invalid_api_key"),
    ("unsupported", openai.NotFoundError, 404, "model_not_found"),
    ("invalid", openai.BadRequestError, 400, "PROMPT_OBJECT_VALIDATION_FAILED"),
    ("rate-limited", openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("busy", openai.InternalServerError, 502, "upstream_error"),
    ("bad-gateway", openai.InternalServerError, 502, "upstream_error"),
    ("no-credits", openai.RateLimitError, 429, "insufficient_quota"),
])
def test_every_refusal_has_its_exception(client, scenario, error, status, code, stream):
    with pytest.raises(error) as caught:
        ask(client, f"sim:{scenario}", stream=stream)
    assert caught.value.status_code == status
    assert caught.value.code == code
    assert "10.0.0.7" not in str(caught.value)
    if scenario == "rate-limited":
        assert caught.value.response.headers["retry-after"] == "7"
    if scenario == "no-credits":
        assert caught.value.response.headers["x-should-retry"] == "false"


def test_an_error_first_is_a_status_and_a_late_one_an_event(client):
    with pytest.raises(openai.RateLimitError):
        ask(client, "sim:error-first", stream=True)
    seen = []
    with pytest.raises(openai.APIError):
        for chunk in ask(client, "sim:error-late", stream=True):
            seen.append(chunk)
    assert len(seen) >= 3


def test_web_search(client, gateway):
    answer = client.chat.completions.create(model=MODEL + ":online", messages=[{"role": "user", "content": "News?"}])
    assert answer.choices[0].message.content.startswith("I searched the web.")
    # This model refuses the search: it is asked again without it.
    answer = client.chat.completions.create(
        model="gpt-3.5-turbo:online", messages=[{"role": "user", "content": "News?"}])
    assert answer.choices[0].message.content.startswith("Hello")


def test_models(client):
    models = {model.id: model for model in client.models.list()}
    assert models[MODEL].owned_by == "openai"
    for name in ["meta/llama-4-scout-instruct", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"]:
        assert name in models
    assert client.models.retrieve("us.anthropic.claude-sonnet-4-5-20250929-v1:0").owned_by == "anthropic"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("claude-3-opus")
    assert "us.anthropic.claude-opus" in str(caught.value)


def test_the_asynchronous_client(gateway):
    async def run():
        async with openai.AsyncOpenAI(
            base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key=fresh_key(), max_retries=0) as client:
            stream = await client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "Hello"}], stream=True)
            return [chunk async for chunk in stream]
    assert len(asyncio.run(run())) > 3
