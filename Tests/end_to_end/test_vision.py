"""Pictures and documents in a chat, with the official SDKs."""

import base64
import concurrent.futures
import contextlib
import http.server
import json
import threading

import anthropic
import openai
import pytest

import strict
from gateway import Gateway, fresh_key
from pictures import gif, jpeg, part, png, text, uri, webp


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("vision") / "state", settings={
        "MARTLET_FETCH_ALLOWED_NETWORKS": "127.0.0.1/32", "MARTLET_FETCH_PLAIN_HTTP": "true",
        "MARTLET_FETCH_SECONDS": "3"}).wait_ready()
    yield gateway
    assert gateway.stop() == 0


@pytest.fixture
def client(relay):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=fresh_key(), max_retries=0)


def ask(client, *parts, model="gpt-4o", **more):
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": list(parts)}], **more)


def answer(client, *parts, **more):
    return strict.check(ask(client, *parts, **more)).choices[0].message.content


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


# Addresses

class Site(http.server.BaseHTTPRequestHandler):
    pages = {}
    asked = []

    def do_GET(self):
        Site.asked.append((self.path, self.headers.get("User-Agent")))
        status, fields, body = Site.pages.get(self.path, (404, {}, b"secret text"))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def test_a_picture_at_an_address(client, site):
    Site.pages["/cat.txt"] = (200, {"Content-Type": "text/plain"}, jpeg(40, 30))
    Site.pages["/moved"] = (302, {"Location": "/cat.txt"}, b"")
    said = answer(client, text("Look"), part(site + "/cat.txt"), part(site + "/moved"))
    assert said.startswith("I see 1 image: jpg 40x30")
    assert all("Martlet" in agent for _, agent in Site.asked)


@pytest.mark.parametrize("page, code", [
    ((404, {}, b"secret text"), "invalid_image_url"), ((500, {}, b""), "invalid_image_url"),
    ((200, {}, b"<html>secret text</html>"), "invalid_image"), ((200, {}, b""), "invalid_value"),
    ((302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""), "invalid_image_url"),
    ((302, {"Location": "file:///etc/passwd"}, b""), "invalid_image_url"),
    ((302, {"Location": "/loop"}, b""), "invalid_image_url"), ((302, {}, b""), "invalid_image_url"),
    ((200, {"Content-Length": "30000000"}, b"x"), "invalid_image_url"),
])
def test_an_address_without_a_picture(client, site, page, code):
    Site.pages["/loop"] = page
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, text("Look"), part(site + "/loop"))
    assert caught.value.code == code and caught.value.param == "messages[0].content[1]"
    assert "secret" not in str(caught.value) and "169.254" not in str(caught.value)


@pytest.mark.parametrize("host", [
    "127.0.0.2", "2130706434", "0x7f000002", "0177.0.0.2", "127.2", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::]", "169.254.169.254", "10.0.0.1", "192.168.0.1", "172.16.0.1", "100.64.0.1",
    "[fd00:ec2::254]", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"])
def test_an_address_that_leads_inside(client, site, host):
    seen = len(Site.asked)
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, part(site.replace("127.0.0.1", host) + "/cat.txt"))
    assert caught.value.code == "invalid_image_url"
    assert "only public ones are fetched" in str(caught.value)
    assert len(Site.asked) == seen


# Uploads

def test_a_hundred_conversations_upload_a_picture_once_per_caller(relay):
    clients = [openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=fresh_key(), max_retries=0)
               for _ in range(2)]
    picture = part(uri(png(90, 90)))
    before = relay.simulator()["uploads"]
    answer(clients[0], text("First"), picture)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda number: answer(clients[0], text(f"Turn {number}"), picture), range(99)))
    assert all("png 90x90" in each for each in said)
    assert relay.simulator()["uploads"] == before + 1
    answer(clients[1], text("Somebody else"), picture)
    assert relay.simulator()["uploads"] == before + 2


def test_an_upload_that_many_start_at_once(relay):
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=fresh_key(), max_retries=0)
    picture = part(uri(png(91, 91)))
    before = relay.simulator()["uploads"]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: answer(client, picture), range(12)))
    # Once in each of the two worker processes at most.
    assert relay.simulator()["uploads"] - before <= 2


FAULTS = [("refused", 400), ("broken", 502), ("rate-limited", 429), ("no-credits", 429), ("nothing", 502),
          ("garbage", 502)]


def inner(body):
    return any(word in body for word in ["10.0.0.7", "sk-", "html", "http://", "simulator"])


@pytest.mark.parametrize("fault, status", FAULTS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_of_an_upload_has_the_right_status_in_openais_dialect(client, fault, status, stream):
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, text("Look"), part(uri(png(tail=f"sim:asset-{fault}".encode()))), stream=stream)
    assert caught.value.status_code == status
    assert set(caught.value.response.json()["error"]) >= {"message", "type", "param", "code"}
    assert not inner(caught.value.response.text)
    if fault == "rate-limited":
        assert caught.value.response.headers["retry-after"] == "7"
    if fault == "no-credits":
        assert caught.value.code == "insufficient_quota"


@pytest.mark.parametrize("fault, status", FAULTS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_of_an_upload_on_the_other_routes(relay, client, fault, status, stream):
    content = png(tail=f"sim:asset-{fault}".encode())
    with pytest.raises(openai.APIStatusError) as caught:
        client.responses.create(model="gpt-4o", stream=stream, input=[{"role": "user", "content": [
            {"type": "input_image", "image_url": uri(content), "detail": "auto"}]}])
    assert caught.value.status_code == status and not inner(caught.value.response.text)
    claude = anthropic.Anthropic(base_url=f"http://127.0.0.1:{relay.port}", api_key=fresh_key(), max_retries=0)
    with pytest.raises(anthropic.APIStatusError) as caught:
        claude.messages.create(model="gpt-4o", max_tokens=99, stream=stream, messages=[{"role": "user", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png",
                                         "data": base64.b64encode(content).decode()}}]}])
    assert caught.value.status_code == status and not inner(caught.value.response.text)
    assert caught.value.response.json()["type"] == "error"


def test_an_upload_whose_answer_looks_otherwise(client):
    assert answer(client, part(uri(png(8, 9, tail=b"sim:asset-odd")))).startswith("I see 1 image: png 8x9")


def test_a_refused_key_is_refused_before_the_chat(relay):
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key="bad-key", max_retries=0)
    chats = relay.simulator()["chat_requests"]
    with pytest.raises(openai.AuthenticationError):
        ask(client, part(uri(png(12, 12))))
    assert relay.simulator()["chat_requests"] == chats


# Tokens

@pytest.mark.parametrize("model, size, detail, tokens", [
    ("gpt-4o", (1024, 1024), "high", 765), ("gpt-4o", (1024, 1024), "auto", 765), ("gpt-4o", (4000, 4000), "low", 85),
    ("gpt-4o", (2048, 4096), "high", 1105), ("gpt-4o", (10, 10), "high", 255),
    ("us.anthropic.claude-sonnet-5", (1000, 1000), "auto", 1334), ("gemini-3.8-flash", (300, 300), "auto", 258)])
def test_pictures_count(client, model, size, detail, tokens):
    bare = ask(client, text("sim:no-usage"), model=model).usage
    seen = ask(client, text("sim:no-usage"), part(uri(png(*size)), detail=detail), model=model).usage
    assert seen.prompt_tokens - bare.prompt_tokens == tokens


# Documents and sound

def document(content, name, kind="application/pdf"):
    return {"type": "file", "file": {"filename": name, "file_data": uri(content, kind)}}


@pytest.mark.parametrize("content, name, sent, kind", [
    (b"%PDF-1.7 words", "paper.pdf", "paper.pdf", "application/pdf"),
    (b"%PDF-1.7 words!", "paper", "paper.pdf", "application/pdf"),
    ("# Größe".encode(), "notes.md", "notes.txt", "text/plain"), (b"print(1)", "a.py", "a.txt", "text/plain"),
    (b"a,b\n1,2", "table.csv", "table.csv", "text/csv"), (b"just text", "noname", "noname.txt", "text/plain"),
    (b"PK\x03\x04 zip", "letter.docx", "letter.docx",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document")])
def test_a_document_goes_by_its_id(client, relay, content, name, sent, kind):
    said = answer(client, text("Read"), document(content, name))
    assert said.startswith(f"I read 1 file: {sent}, {len(content)} bytes. ")
    assert relay.simulator()["last_upload"] == {"name": sent, "type": kind, "size": len(content)}
    assert "images" not in relay.simulator()["last_request"]["promptObject"]["attachments"]


@pytest.mark.parametrize("content, name", [(b"\x00\x01\x02", "a.bin"), (b"PK\x03\x04", "a.zip"), (b"\xff\xfe", "a.txt"),
                                           (b"MZ\x90\x00", "a.pdf")])
def test_a_document_that_nobody_can_read(client, content, name):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, document(content, name))
    assert caught.value.code == "unsupported_file_type" and caught.value.param == "messages[0].content[0]"


def test_sound_is_sent_elsewhere(client):
    with pytest.raises(openai.BadRequestError, match="/v1/audio/transcriptions") as caught:
        ask(client, {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}})
    assert caught.value.param == "messages[0].content[0]"


def test_a_file_of_the_files_address(client, relay):
    paper = client.files.create(file=("paper.pdf", b"%PDF-1.7 stored"), purpose="user_data")
    picture = client.files.create(file=("p.png", png(6, 5)), purpose="vision")
    before = relay.simulator()["uploads"]
    said = answer(client, text("Read"), {"type": "file", "file": {"file_id": paper.id}},
                  {"type": "file", "file": {"file_id": picture.id}})
    assert "I see 1 image: png 6x5" in said and "I read 1 file: paper.pdf, 15 bytes" in said
    assert relay.simulator()["uploads"] == before
    stranger = openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=fresh_key(), max_retries=0)
    for who, name in [(stranger, paper.id), (client, "file-none")]:
        with pytest.raises(openai.BadRequestError) as caught:
            ask(who, {"type": "file", "file": {"file_id": name}})
        assert caught.value.code == "file_not_found"


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
