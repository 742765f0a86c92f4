"""Sounds and transcripts, asked for with the official SDK."""

import asyncio
import time

import httpx
import openai
import pytest

from gateway import Gateway, fresh_key, wait_until
from media import client_of, wave
from strict import check
from test_images import FAULTS, assert_refusal

TEXT = "Hello from the simulated whisper-1."
SOUNDS = {
    "mp3": ("audio/mpeg", b"\xff\xfb"), "opus": ("audio/opus", b"OggS"), "aac": ("audio/aac", b"\xff\xf1"),
    "flac": ("audio/flac", b"fLaC"), "wav": ("audio/wav", b"RIFF"), "pcm": ("audio/pcm", b"\0\0"),
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("audio") / "state").wait_ready()
    wait_until(lambda: b"latest_long" in gateway.request("GET", "/v1/models")[2], 20, "the models are there")
    yield gateway
    assert gateway.stop() == 0
    assert not gateway.left_over()


@pytest.fixture
def client(gateway):
    return client_of(gateway)


def job(gateway):
    return gateway.simulator()["last_job"]


def file(name="sound.wav", content=None, kind="audio/wav"):
    return (name, content or wave(), kind)


@pytest.mark.parametrize("scenario", ["plain", "as-json", "keys", "absolute", "as-string"])
@pytest.mark.parametrize("form", SOUNDS)
def test_speech_in_every_form(client, gateway, form, scenario):
    answer = client.audio.speech.create(
        model="tts-1", voice="nova", input=f"Hello sim:{scenario}", response_format=form, speed=1.25)
    kind, start = SOUNDS[form]
    assert answer.response.headers["content-type"] == kind
    assert answer.content.startswith(start) and len(answer.content) > 1_000
    assert job(gateway) == {"type": "TEXT_TO_SPEECH", "model": "tts-1", "conversationId": "TEXT_TO_SPEECH",
                            "promptObject": {"text": f"Hello sim:{scenario}", "voice": "nova",
                                             "response_format": form, "speed": 1.25}}
    assert gateway.simulator()["downloads_with_key"] == 0


def test_speech_is_streamed(client, tmp_path):
    with client.audio.speech.with_streaming_response.create(model="tts-1", voice="alloy", input="Hello") as answer:
        answer.stream_to_file(tmp_path / "hello.mp3")
    assert (tmp_path / "hello.mp3").read_bytes().startswith(b"\xff\xfb")


@pytest.mark.parametrize("more, field", [
    ({"input": "x" * 4_097}, "input"), ({"input": ""}, "input"), ({"voice": "nobody"}, "voice"), ({"speed": 9}, "speed"),
    ({"response_format": "midi"}, "response_format"), ({"stream_format": "sse"}, "stream_format"),
    ({"model": "gpt-4o-mini"}, "model"),
])
def test_speech_that_is_refused(client, gateway, more, field):
    before = gateway.simulator()["jobs"]
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.speech.create(**{"model": "tts-1", "voice": "alloy", "input": "Hello", **more})
    assert caught.value.param == field
    assert gateway.simulator()["jobs"] == before


def test_the_longest_input_and_another_maker(client, gateway):
    assert client.audio.speech.create(model="tts-1", voice="alloy", input="ü" * 4_096).content
    client.audio.speech.create(model="elevenlabs-tts", voice="Rachel", input="Hello")
    assert job(gateway)["promptObject"]["voice"] == "Rachel"


@pytest.mark.parametrize("scenario", ["plain", "nested", "as-string"])
def test_transcripts_in_every_form(gateway, scenario):
    client = client_of(gateway, scenario)
    ask = client.audio.transcriptions.create
    assert check(ask(model="whisper-1", file=file())).text == TEXT
    assert ask(model="whisper-1", file=file(), response_format="text").strip() == TEXT
    srt = ask(model="whisper-1", file=file(), response_format="srt")
    assert srt.startswith("1\n00:00:00,000 --> 00:00:00,250\n" + TEXT)
    vtt = ask(model="whisper-1", file=file(), response_format="vtt")
    assert vtt.startswith("WEBVTT\n\n00:00:00.000 --> ")
    long = check(ask(model="whisper-1", file=file(), response_format="verbose_json", timestamp_granularities=["segment"]))
    assert long.text == TEXT and long.duration == 0.25 and long.language == "english"
    assert long.segments[0].end == 0.25


@pytest.mark.parametrize("form, kind", [
    ("json", "application/json"), ("text", "text/plain; charset=utf-8"), ("srt", "text/plain; charset=utf-8"),
    ("vtt", "text/vtt; charset=utf-8"), ("verbose_json", "application/json"),
])
@pytest.mark.parametrize("route", ["transcriptions", "translations"])
def test_content_types(client, gateway, route, form, kind):
    ask = getattr(client.audio, route).with_raw_response.create
    assert ask(model="whisper-1", file=file(), response_format=form).headers["content-type"] == kind
    assert job(gateway)["type"] == {"transcriptions": "SPEECH_TO_TEXT", "translations": "AUDIO_TRANSLATOR"}[route]


def test_a_vendor_without_times(gateway):
    """It ignores the wish and sends bare text: honest where times are needed, useful where they are not."""
    ask = client_of(gateway, "text-only").audio.transcriptions.create
    long = check(ask(model="whisper-1", file=file(content=wave(1.5)), response_format="verbose_json", language="en"))
    assert long.duration == 1.5 and long.segments == [] and long.language == "en"
    for form in ["srt", "vtt"]:
        with pytest.raises(openai.InternalServerError) as caught:
            ask(model="whisper-1", file=file(), response_format=form)
        assert caught.value.status_code == 502 and "no times" in str(caught.value)
        assert caught.value.response.headers["x-should-retry"] == "false"  # it is paid for


def test_translations(client, gateway):
    assert check(client.audio.translations.create(model="whisper-1", file=file(), prompt="names", temperature=0.2)).text == TEXT
    fields = job(gateway)["promptObject"]
    assert (fields["prompt"], fields["temperature"], fields["response_format"]) == ("names", 0.2, "text")
    check(client.audio.translations.create(model="whisper-1", file=file(), response_format="verbose_json"))


@pytest.mark.parametrize("model, language, sent", [
    ("whisper-1", "en-US", "en"), ("whisper-1", None, None), ("latest_long", "en", "en-US"),
    ("latest_long", "pt-PT", "pt-PT"), ("gpt-4o-transcribe", "de", None),
])
def test_languages(client, gateway, model, language, sent):
    more = {} if language is None else {"language": language}
    assert check(client.audio.transcriptions.create(model=model, file=file(), **more)).text
    assert job(gateway)["promptObject"].get("language") == sent


@pytest.mark.parametrize("upload", [
    file(), ("a.mp3", b"\xff\xfb\x90\x64" + b"\0" * 100, "application/octet-stream"), ("a", b"fLaC" + b"\0" * 90, ""),
    ("a.m4a", b"\0" * 100, "application/octet-stream"), ("voice", b"\0" * 100, "audio/webm"),
    ("a.ogg", b"OggS" + b"\0" * 100, "audio/ogg"),
])
def test_sounds_of_every_kind(client, upload):
    assert check(client.audio.transcriptions.create(model="whisper-1", file=upload)).text == TEXT


@pytest.mark.parametrize("upload, more, field", [
    (("a.txt", b"text", "text/plain"), {}, "file"), (("a.wav", wave(3_300), "audio/wav"), {}, "file"),
    (file(), {"response_format": "xml"}, "response_format"), (file(), {"temperature": 3}, "temperature"),
    (file(), {"language": "gibberish!"}, "language"), (file(), {"stream": True}, "stream"),
    (file(), {"model": "gpt-4o-mini"}, "model"), (file(), {"model": "latest_long"}, "language"),
    (file(), {"model": "gpt-4o-transcribe", "response_format": "srt"}, "response_format"),
])
def test_transcripts_that_are_refused(client, gateway, upload, more, field):
    before = gateway.simulator()
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.transcriptions.create(**{"model": "whisper-1", "file": upload, **more})
    assert caught.value.param == field
    assert gateway.simulator()["uploads"] == before["uploads"] and gateway.simulator()["jobs"] == before["jobs"]


def calls(client):
    return {
        "speech": lambda text: client.audio.speech.create(model="tts-1", voice="alloy", input=text),
        "transcription": lambda text: client.audio.transcriptions.create(model="whisper-1", file=file(), prompt=text),
        "translation": lambda text: client.audio.translations.create(model="whisper-1", file=file(), prompt=text),
    }


@pytest.mark.parametrize("route", ["speech", "transcription", "translation"])
@pytest.mark.parametrize("scenario", FAULTS)
def test_every_fault_on_every_route(gateway, route, scenario):
    status, code, retry, times = FAULTS[scenario]
    before = sum(gateway.simulator()["jobs"].values())
    with pytest.raises(openai.APIStatusError) as caught:
        calls(client_of(gateway, scenario))[route](f"Hello sim:{scenario}")
    assert_refusal(caught.value, status, code, retry)
    assert sum(gateway.simulator()["jobs"].values()) == before + times


@pytest.mark.parametrize("scenario", ["inner-result", "redirected-result", "gone-result"])
def test_a_sound_that_cannot_be_fetched(gateway, scenario):
    with pytest.raises(openai.InternalServerError) as caught:
        calls(client_of(gateway))["speech"](f"Hello sim:{scenario}")
    assert_refusal(caught.value, 502, "upstream_error", "false")


@pytest.mark.parametrize("route", ["speech", "transcription", "translation"])
def test_a_busy_vendor_is_asked_again(gateway, route):
    before = sum(gateway.simulator()["jobs"].values())
    assert calls(client_of(gateway))[route](f"{fresh_key()} sim:busy-twice")
    assert sum(gateway.simulator()["jobs"].values()) == before + 3


def test_a_form_that_is_cut_or_is_none(gateway):
    address = f"http://127.0.0.1:{gateway.port}/v1/audio/transcriptions"
    fields = {"Authorization": f"Bearer {fresh_key()}", "Content-Type": "multipart/form-data; boundary=X"}
    whole = (b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n" + wave(0.01) + b"\r\n--X\r\n"
             b"Content-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--X--\r\n")
    with httpx.Client(trust_env=False) as client:
        assert client.post(address, content=whole, headers=fields).json() == {
            "text": TEXT, "usage": {"type": "tokens", "input_tokens": 0, "output_tokens": 100, "total_tokens": 100}}
        for length in [0, 1, 20, 60, 90, 150, len(whole) - 30, len(whole) - 6]:
            answer = client.post(address, content=whole[:length], headers=fields)
            assert answer.status_code == 400, length
            assert answer.json()["error"]["code"] == "invalid_multipart"
        answer = client.post(address, content=b"{}", headers={**fields, "Content-Type": "application/json"})
        assert answer.status_code == 415


def test_limits_count_each_kind_by_itself(run):
    gateway = run(settings={"MARTLET_LIMITS_REQUESTS_PER_MINUTE": "1"}).wait_ready()
    client = client_of(gateway)
    for call in [calls(client)["speech"], calls(client)["transcription"]]:
        call("Hello")
        with pytest.raises(openai.RateLimitError) as caught:
            call("Hello")
        assert int(caught.value.response.headers["retry-after"]) <= 60
    assert gateway.stop() == 0


def test_a_sound_passes_while_it_comes(gateway):
    started = time.monotonic()
    with client_of(gateway).audio.speech.with_streaming_response.create(
            model="tts-1", voice="alloy", input="Hello sim:slow-sound") as answer:
        first = None
        for piece in answer.iter_bytes(500):
            first = first or time.monotonic() - started
    assert first < 1.5 < time.monotonic() - started


def test_the_asynchronous_client(gateway):
    async def run():
        async with client_of(gateway, kind=openai.AsyncOpenAI) as client:
            return await asyncio.gather(
                client.audio.transcriptions.create(model="whisper-1", file=file()),
                client.audio.translations.create(model="whisper-1", file=file()),
                client.audio.speech.create(model="tts-1", voice="alloy", input="Hello"))
    transcript, translation, speech = asyncio.run(run())
    check(transcript), check(translation)
    assert speech.content
