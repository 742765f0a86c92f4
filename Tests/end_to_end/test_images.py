"""Pictures, asked for with the official SDK, against the simulator, which refuses fields of other families."""

import asyncio
import base64
import json
import time

import openai
import pytest

from gateway import Gateway, free_port, fresh_key, wait_until
from media import client_of, fetch, png, wave
from strict import check

PNG = b"\x89PNG\r\n\x1a\n"
PHOENIX = "6b645e3a-d64f-4341-a6d8-7a3690fbf042"
FAMILIES = [
    "gpt-image-1", "gpt-image-1-mini", "gpt-image-2", "black-forest-labs/flux-dev", "flux-dev", "flux-1.1-pro",
    "black-forest-labs/flux-schnell-lora", "black-forest-labs/flux-krea-dev", "black-forest-labs/flux-1.1-pro-ultra",
    "black-forest-labs/flux-2-flex", PHOENIX, "phoenix", "magic-art", "midjourney", "stable-diffusion-xl-1024-v1-0",
    "stable-image", "stable-image-ultra", "gemini-2.5-flash-image", "grok-imagine-image", "qwen-image", "recraft",
    "dzine", "clipdrop",
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("images") / "state").wait_ready()
    # Until the simulator's own list of models is there.
    wait_until(lambda: b"dall-e-2" in gateway.request("GET", "/v1/models")[2], 20, "the models are there")
    yield gateway
    assert gateway.stop() == 0
    assert not gateway.left_over()


@pytest.fixture
def client(gateway):
    return client_of(gateway)


def job(gateway):
    return gateway.simulator()["last_job"]


@pytest.mark.parametrize("size", [None, "auto", "1024x1024", "1792x1024", "1024x1536"])
@pytest.mark.parametrize("model", FAMILIES)
def test_every_family_gets_its_own_fields(client, gateway, model, size):
    """The simulator answers 422 to any field that a family does not have."""
    more = {} if size is None else {"size": size}
    answer = check(client.images.generate(model=model, prompt="A cat", quality="high", **more))
    assert len(answer.data) == 1
    assert fetch(answer.data[0].url).startswith(PNG)
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens > 100
    assert job(gateway)["promptObject"]["prompt"] == "A cat"


def test_forms_of_delivery(client, gateway):
    url = check(client.images.generate(model="flux-dev", prompt="A cat", response_format="url")).data[0]
    assert url.b64_json is None and fetch(url.url).startswith(PNG)
    whole = check(client.images.generate(model="flux-dev", prompt="A cat", response_format="b64_json")).data[0]
    assert whole.url is None and base64.b64decode(whole.b64_json, validate=True).startswith(PNG)
    # As OpenAI has it, these give their bytes unasked; the address is there besides.
    both = check(client.images.generate(model="gpt-image-1", prompt="A cat")).data[0]
    assert base64.b64decode(both.b64_json, validate=True) == fetch(both.url)
    assert gateway.simulator()["downloads_with_key"] == 0


@pytest.mark.parametrize("scenario", ["keys", "absolute", "as-string", "plain", "no-usage"])
def test_every_form_of_result_becomes_an_address_that_works(client, scenario):
    answer = check(client.images.generate(model="flux-dev", prompt=f"A cat sim:{scenario}"))
    assert answer.data[0].url.startswith("http")
    assert fetch(answer.data[0].url).startswith(PNG)
    assert (answer.usage is None) == (scenario == "no-usage")


def test_several_pictures(client, gateway):
    answer = check(client.images.generate(model="gpt-image-1", prompt="A cat", n=3, response_format="b64_json"))
    assert len(answer.data) == 3
    assert job(gateway)["promptObject"]["n"] == 3
    # Magic Art makes four, whatever is asked.
    answer = check(client.images.generate(model="magic-art", prompt="A cat", n=2, size="1792x1024"))
    assert len({fetch(each.url) and each.url for each in answer.data}) == 2
    assert job(gateway)["promptObject"]["n"] == 4
    assert (job(gateway)["promptObject"]["aspect_width"], job(gateway)["promptObject"]["aspect_height"]) == (7, 4)


def test_every_field_arrives(client, gateway):
    client.images.generate(
        model="gpt-image-1", prompt="A cat", n=2, size="1024x1536", quality="hd", style="natural",
        background="transparent", output_format="webp", output_compression=60, response_format="url", user="me")
    assert job(gateway) == {"type": "IMAGE_GENERATOR", "model": "gpt-image-1", "promptObject": {
        "prompt": "A cat", "n": 2, "size": "1024x1536", "quality": "high", "style": "natural",
        "background": "transparent", "output_format": "webp", "output_compression": 60}}


def test_a_model_that_is_not_named_is_an_active_one(client, gateway):
    client.images.generate(prompt="A cat")
    assert job(gateway)["model"] == "gpt-image-1-mini"
    client.images.edit(image=png(), prompt="A hat")
    assert job(gateway)["model"] == "gpt-image-1-mini"
    client.images.create_variation(image=png())
    assert job(gateway)["model"] == "dall-e-2"


@pytest.mark.parametrize("model", ["gpt-image-1", "gpt-image-1-mini", "qwen-image-edit-plus"])
def test_edits(client, gateway, model):
    before = gateway.simulator()["uploads"]
    answer = check(client.images.edit(model=model, image=("cat.png", png(), "image/png"), prompt="A hat", size="auto"))
    assert fetch(answer.data[0].url).startswith(PNG)
    assert gateway.simulator()["uploads"] == before + 1
    assert job(gateway)["type"] == "IMAGE_EDITOR"
    assert job(gateway)["promptObject"]["imageUrl"].startswith("images/")
    # The SDK sends a list as image[].
    check(client.images.edit(model=model, image=[png()], prompt="A hat"))


@pytest.mark.parametrize("model", ["dall-e-2", "clipdrop", "magic-art", "black-forest-labs/flux-redux-dev", "qwen-image-edit-plus"])
def test_variations(client, gateway, model):
    answer = check(client.images.create_variation(model=model, image=png(), n=1, size="512x512"))
    assert fetch(answer.data[0].url).startswith(PNG)
    assert job(gateway)["type"] == "IMAGE_VARIATOR"


@pytest.mark.parametrize("more, field", [
    ({"mask": png()}, "mask"), ({"image": b"no picture"}, "image"), ({"image": [png(), png()]}, "image"),
    ({"prompt": ""}, "prompt"), ({"n": 11}, "n"), ({"model": "whisper-1"}, "model"),
    ({"stream": True}, "stream"), ({"model": "qwen-image-edit-plus", "n": 2}, "n"),
])
def test_edits_that_are_refused(client, gateway, more, field):
    before = gateway.simulator()
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(**{"model": "gpt-image-1", "image": png(), "prompt": "A hat", **more})
    assert caught.value.param == field
    assert gateway.simulator()["jobs"] == before["jobs"] and gateway.simulator()["uploads"] == before["uploads"]


@pytest.mark.parametrize("more, field", [
    ({"stream": True}, "stream"), ({"partial_images": 1}, "partial_images"), ({"size": "large"}, "size"),
    ({"model": "magic-art", "n": 5}, "n"), ({"model": "flux-dev", "output_format": "png"}, "output_format"),
    ({"model": "flux-dev", "background": "transparent"}, "background"),
])
def test_generations_that_are_refused(client, gateway, more, field):
    before = gateway.simulator()["jobs"]
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(**{"prompt": "A cat", **more})
    assert caught.value.param == field
    assert gateway.simulator()["jobs"] == before


def calls(client, **more):
    return {
        "generate": lambda prompt: client.images.generate(model="gpt-image-1", prompt=prompt, **more),
        "edit": lambda prompt: client.images.edit(model="gpt-image-1", image=png(), prompt=prompt, **more),
        "variation": lambda prompt: client.images.create_variation(model="dall-e-2", image=png()),
    }


# Status, code, whether the SDK should try again by itself, how often the vendor was asked.
FAULTS = {
    "bad-key": (401, "invalid_api_key", "false", 1),
    "unsupported": (404, "model_not_found", "false", 1),
    "invalid": (400, "PROMPT_OBJECT_VALIDATION_FAILED", "false", 1),
    "bad-size": (400, "OPEN_AI_UNEXPECTED_ERROR", "false", 1),
    "rate-limited": (429, "rate_limit_exceeded", None, 1),
    "busy": (502, "upstream_error", None, 3),
    "bad-gateway": (502, "upstream_error", "false", 1),
    "gateway-timeout": (504, "upstream_timeout", "false", 1),
    "no-credits": (429, "insufficient_quota", "false", 1),
    "failed-result": (404, "model_not_found", "false", 1),
    "truncated": (502, "upstream_error", "false", 1),
    "nothing": (502, "upstream_error", "false", 1),
}
FETCHING = {
    "inner-result": (502, "upstream_error", "false", 1),
    "redirected-result": (502, "upstream_error", "false", 1),
    "gone-result": (502, "upstream_error", "false", 1),
}


def assert_refusal(error, status, code, retry):
    body = error.response.text
    assert error.status_code == status, body
    assert error.code == code
    assert set(error.response.json()["error"]) == {"message", "type", "param", "code", "request_id"}
    assert error.response.headers.get("x-should-retry") == retry
    for secret in ["10.0.0.7", "169.254", "simulator/", "127.0.0.1", "sk-end-to-end", "<html", "://"]:
        assert secret not in body


@pytest.mark.parametrize("route", ["generate", "edit", "variation"])
@pytest.mark.parametrize("scenario", [*FAULTS, *FETCHING])
def test_every_fault_on_every_route(gateway, route, scenario):
    if scenario in FETCHING and route == "variation":
        pytest.skip("its answer is an address that nobody fetches")
    client = client_of(gateway, scenario)
    status, code, retry, times = {**FAULTS, **FETCHING}[scenario]
    before = sum(gateway.simulator()["jobs"].values())
    more = {"response_format": "b64_json"} if scenario in FETCHING else {}
    with pytest.raises(openai.APIStatusError) as caught:
        calls(client, **more)[route](f"A cat sim:{scenario}")
    assert_refusal(caught.value, status, code, retry)
    assert sum(gateway.simulator()["jobs"].values()) == before + times
    if scenario == "rate-limited":
        assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("route", ["generate", "edit"])
def test_a_picture_whose_bytes_cannot_be_had_is_still_given_by_its_address(gateway, route):
    """Nobody asked for the bytes, and the picture is paid for."""
    answer = check(calls(client_of(gateway, "gone-result"))[route]("A cat sim:gone-result"))
    assert answer.data[0].url and answer.data[0].b64_json is None


@pytest.mark.parametrize("route", ["generate", "edit", "variation"])
def test_a_busy_vendor_is_asked_again(gateway, route):
    """It refused twice, so nothing was made and nothing paid for."""
    client = client_of(gateway, "busy-twice")
    before = sum(gateway.simulator()["jobs"].values())
    answer = check(calls(client)[route](f"{fresh_key()} sim:busy-twice"))
    assert fetch(answer.data[0].url).startswith(PNG)
    assert sum(gateway.simulator()["jobs"].values()) == before + 3


def test_the_log_has_the_usage_and_no_prompt(gateway, client):
    number = client.images.with_raw_response.generate(model="flux-dev", prompt="An unmistakable cat").headers["x-request-id"]
    log = gateway.state / "log/martlet.log"
    wait_until(lambda: number in log.read_text(), 5, "the line is written")
    line = json.loads([line for line in log.read_text().splitlines() if number in line][-1])
    assert line["tokens_in"] == 3 and line["tokens_out"] == 100
    assert line["model"] == "black-forest-labs/flux-dev" and line["attempts"] == 1
    assert "unmistakable" not in log.read_text()


def test_a_client_that_leaves_ends_the_job(gateway):
    before = gateway.simulator()["aborted_jobs"]
    with pytest.raises(openai.APITimeoutError):
        client_of(gateway, timeout=1).images.generate(model="flux-dev", prompt="sim:silent")
    wait_until(lambda: gateway.simulator()["aborted_jobs"] == before + 1, 5, "the vendor is told")


def test_the_asynchronous_client(gateway):
    async def run():
        async with client_of(gateway, kind=openai.AsyncOpenAI) as client:
            return await asyncio.gather(
                client.images.generate(model="flux-dev", prompt="A cat"),
                client.images.edit(model="gpt-image-1", image=png(), prompt="A hat"),
                client.images.create_variation(image=png()))
    for answer in asyncio.run(run()):
        check(answer)


@pytest.mark.parametrize("server", ["nginx", "lighttpd", "apache-proxy", "apache-fcgid"])
def test_a_job_may_take_longer_than_a_chat(run, server, tmp_path):
    """A job has a time limit of its own, and no web server's limit comes before it."""
    port = free_port()
    settings = tmp_path / "martlet.toml"
    vendor = f"http://127.0.0.1:{port}/simulator/onemin"
    settings.write_text(f"""
        server.threads = {2 if server == "apache-fcgid" else 64}
        onemin = {{ base_url = "{vendor}", asset_url = "{vendor}/asset" }}
        upstream = {{ first_byte_seconds = 1, total_seconds = 1, job_seconds = 4 }}
    """)
    gateway = run(server, port=port, options=["--config", str(settings)]).wait_ready()
    client = client_of(gateway)
    assert client.images.generate(model="flux-dev", prompt="sim:wait").data[0].url
    check(client.images.edit(model="gpt-image-1", image=png(300, 300), prompt="A hat"))
    assert client.audio.transcriptions.create(model="whisper-1", file=("a.wav", wave(10), "audio/wav")).text
    assert client.audio.speech.create(model="tts-1", voice="alloy", input="Hello").content
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "sim:wait"}])
    assert caught.value.status_code == 504
    started = time.monotonic()
    with pytest.raises(openai.InternalServerError) as caught:
        client.images.generate(model="flux-dev", prompt="sim:silent")
    assert caught.value.status_code == 504
    assert 3 < time.monotonic() - started < 8
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert gateway.stop() == 0
