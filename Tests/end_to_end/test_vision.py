"""Pictures in a chat, with the official SDKs."""

import base64
import json

import anthropic
import openai
import pytest

import strict
from gateway import fresh_key
from pictures import gif, jpeg, part, png, text, uri, webp
from seeing import answer, ask, client, relay  # noqa: F401 (fixtures)


@pytest.mark.parametrize("make, ending", [(png, "png"), (jpeg, "jpg"), (gif, "gif"), (webp, "webp")])
@pytest.mark.parametrize("claimed", ["image/png", "application/octet-stream", "text/html"])
def test_a_picture_is_what_its_bytes_are(client, relay, make, ending, claimed):
    content = make(30, 20)
    said = answer(client, text("What is it?"), part(uri(content, claimed)))
    assert said.startswith(f"I see 1 image: {ending} 30x20, {len(content)} bytes. Hello")
    upload = relay.simulator()["last_upload"]
    assert upload["name"].endswith("." + ending) and upload["size"] == len(content)
    assert upload["type"] == {"jpg": "image/jpeg"}.get(ending, "image/" + ending)


def test_a_picture_in_a_stream(client):
    chunks = list(ask(client, text("Look"), part(uri(png(5, 4)), detail="low"), stream=True,
                      stream_options={"include_usage": True}))
    for chunk in chunks:
        strict.check(chunk)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said.startswith("I see 1 image: png 5x4")
    assert chunks[-1].usage.total_tokens > 0


def test_pictures_of_earlier_turns_are_seen_and_marked(client, relay):
    first, second = uri(png(1, 1)), uri(png(2, 2))
    said = client.chat.completions.create(model="gpt-4o", messages=[
        {"role": "system", "content": "Be exact."},
        {"role": "user", "content": [text("This one"), part(first), text("or this one"), part(second)]},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": [text("And again"), part(first)]}]).choices[0].message.content
    assert said.startswith("I see 2 images: png 1x1")
    request = relay.simulator()["last_request"]["promptObject"]
    assert request["prompt"] == ("System: Be exact.\n\nUser: This one\n[image 1]\nor this one\n[image 2]\n\n"
                                 "Assistant: Yes.\n\nUser: And again\n[image 1]")
    assert len(request["attachments"]["images"]) == 2 and "files" not in request["attachments"]


def test_a_lone_picture_leaves_the_prompt_as_it_is(client, relay):
    answer(client, text("Just this."), part(uri(png(7, 7))))
    assert relay.simulator()["last_request"]["promptObject"]["prompt"] == "Just this."
    answer(client, part(uri(png(7, 7))))
    assert relay.simulator()["last_request"]["promptObject"]["prompt"] == "[image 1]"


def test_a_model_without_eyes_says_so(client, relay):
    before = relay.simulator()["uploads"]
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, text("Look"), part(uri(png())), model="gpt-3.5-turbo")
    assert caught.value.code == "image_input_not_supported"
    assert caught.value.param == "messages[0].content[1]"
    assert "'gpt-3.5-turbo' does not read images" in str(caught.value)
    assert relay.simulator()["uploads"] == before


GOOD = base64.b64encode(png()).decode()


@pytest.mark.parametrize("url, code", [
    ("data:image/png;base64," + GOOD[:-5] + "!" + GOOD[-4:], "invalid_base64"),
    ("data:image/png;base64," + GOOD + "A", "invalid_base64"),
    ("data:image/png;base64," + GOOD[:41], "invalid_base64"),
    ("data:image/png;base64,=" + GOOD, "invalid_base64"),
    ("data:image/png;base64,é", "invalid_base64"),
    ("data:image/png;base64,\u0000", "invalid_base64"),
    ("data:image/png," + GOOD, "invalid_base64"),
    ("data:image/png;base64", "invalid_base64"),
    ("data:" + "x" * 1000 + ";base64," + GOOD, "invalid_base64"),
    ("data:image/png;base64,", "invalid_value"),
    (uri(b"GIF"), "invalid_image"), (uri(b"<svg/>", "image/svg+xml"), "invalid_image"),
    (uri(png()[:20]), "invalid_image"), (uri(png(0, 2)), "invalid_image"), (uri(jpeg()[:3000]), "invalid_image"),
    (uri(b"BM" + b"\0" * 60, "image/bmp"), "invalid_image"), (uri(b"%PDF-1.7"), "invalid_image"),
    ("", "invalid_image_url"), ("picture.png", "invalid_image_url"), ("ftp://example.org/a.png", "invalid_image_url"),
    ("file:///etc/passwd", "invalid_image_url"), ("https://" + "a" * 9000, "invalid_image_url"),
])
def test_what_is_no_picture_is_refused_by_name(client, url, code):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, text("Look"), part(url), stream=True)
    assert caught.value.code == code
    assert caught.value.param.startswith("messages[0].content[1]")
    assert GOOD[:30] not in str(caught.value)


@pytest.mark.parametrize("change", [
    lambda t: t, lambda t: t.rstrip("="), lambda t: t.replace("+", "-").replace("/", "_"),
    lambda t: "\n".join(t[i:i + 76] for i in range(0, len(t), 76)) + "\r\n"])
def test_base64_in_every_spelling(client, change):
    content = png(30, 31, tail=bytes(range(256)))
    url = "data:image/png;base64," + change(base64.b64encode(content).decode())
    assert answer(client, part(url)).startswith(f"I see 1 image: png 30x31, {len(content)} bytes")


@pytest.mark.parametrize("escape", [lambda t: t.replace("/", "\\/"), lambda t: t.replace("+", "\\u002B")])
def test_base64_that_json_has_escaped(relay, escape):
    content = png(30, 32, tail=bytes(range(256)) * 400)
    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": [part(uri(content))]}]})
    status, _, body = relay.request("POST", "/v1/chat/completions", escape(body), {
        "Authorization": "Bearer " + fresh_key(), "Content-Type": "application/json"})
    assert status == 200 and f"png 30x32, {len(content)} bytes" in body.decode()


@pytest.mark.parametrize("model, size, detail, tokens", [
    ("gpt-4o", (1024, 1024), "high", 765), ("gpt-4o", (1024, 1024), "auto", 765), ("gpt-4o", (4000, 4000), "low", 85),
    ("gpt-4o", (2048, 4096), "high", 1105), ("gpt-4o", (10, 10), "high", 255),
    ("us.anthropic.claude-sonnet-5", (1000, 1000), "auto", 1334), ("gemini-3.8-flash", (300, 300), "auto", 258)])
def test_pictures_count(client, model, size, detail, tokens):
    bare = ask(client, text("sim:no-usage"), model=model).usage
    seen = ask(client, text("sim:no-usage"), part(uri(png(*size)), detail=detail), model=model).usage
    assert seen.prompt_tokens - bare.prompt_tokens == tokens


def test_pictures_in_the_other_dialects(relay, client):
    said = client.responses.create(model="gpt-4o", input=[{"role": "user", "content": [
        {"type": "input_text", "text": "Look"},
        {"type": "input_image", "image_url": uri(png(21, 22)), "detail": "low"}]}]).output_text
    assert said.startswith("I see 1 image: png 21x22")
    claude = anthropic.Anthropic(base_url=f"http://127.0.0.1:{relay.port}", api_key=fresh_key(), max_retries=0)
    said = claude.messages.create(model="gpt-4o", max_tokens=99, messages=[{"role": "user", "content": [
        {"type": "image", "source": {"type": "base64", "media_type": "image/gif",
                                     "data": base64.b64encode(gif(23, 24)).decode()}},
        {"type": "text", "text": "Look"}]}]).content[0].text
    assert said.startswith("I see 1 image: gif 23x24")
