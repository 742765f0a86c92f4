"""Forms, files, addresses and dialects that nobody should send: each is refused in the client's own dialect, asks
1min.ai for nothing, and the next good request works."""

import concurrent.futures
import json

import pytest

from hostile import GOOD, KEY, PROMPT, refused, gateway, nginx, unharmed  # noqa: F401 -- fixtures among them
from media import png, wave
from pictures import uri

FORMS = {
    "/v1/files": [("purpose", b"user_data", None), ("file", b"words", "a.txt")],
    "/v1/images/edits": [("model", b"gpt-image-1", None), ("prompt", b"red", None), ("image", png(), "a.png")],
    "/v1/images/variations": [("image", png(), "a.png")],
    "/v1/audio/transcriptions": [("model", b"whisper-1", None), ("file", wave(), "a.wav")],
    "/v1/audio/translations": [("model", b"whisper-1", None), ("file", wave(), "a.wav")],
}


def field(name, content, file=None, more=b""):
    disposition = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    return disposition.encode() + b"\r\n" + more + b"\r\n" + content


def form(parts, boundary=b"X"):
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def send(gateway, method, path, body=None, kind="multipart/form-data; boundary=X", key=KEY):
    """The answer, after checking that a refusal was made without asking 1min.ai."""
    before = asked(gateway)
    answer = gateway.request(method, path, body, {"Authorization": f"Bearer {key}", "Content-Type": kind})
    if answer[0] >= 400:
        assert asked(gateway) == before, "a refused request was sent to 1min.ai"
    return answer


def asked(gateway):
    log = (gateway.state / "log/nginx-access.log").read_text(errors="replace")
    return sum("POST /simulator/" in line for line in log.splitlines())


def refused_there(path, answer, status=400, field=None):
    """As `refused`, and in Anthropic's shape under its addresses."""
    if not path.startswith("/v1/messages"):
        return refused(answer, status, param=field)
    got, fields, body = answer
    error = json.loads(body)
    assert got == status, body[:500]
    assert error["type"] == "error" and error["error"].keys() == {"type", "message"}
    assert error["request_id"] == fields["request-id"]
    assert (field or "") in error["error"]["message"]
    assert KEY not in body.decode() and PROMPT not in body.decode()
    return error["error"]


# Forms


DEFECTS = {
    "empty": lambda parts: b"",
    "no end": lambda parts: form(parts)[:-6],
    "cut in a field": lambda parts: form(parts)[:30],
    "only the end": lambda parts: b"--X--\r\n",
    "only dashes": lambda parts: b"--X",
    "line feeds alone": lambda parts: form(parts).replace(b"\r\n", b"\n"),
    "returns alone": lambda parts: form(parts).replace(b"\r\n", b"\r"),
    "zeros": lambda parts: b"\0" * 10_000,
    "another boundary": lambda parts: form(parts, b"Y"),
    "a field without a colon": lambda parts: form([b"Content-Disposition form-data\r\n\r\nx", *parts]),
    "no fields": lambda parts: form([b"\r\nx", *parts]),
    "no name": lambda parts: form([b"Content-Disposition: form-data\r\n\r\nx", *parts]),
    "a name that is no UTF-8": lambda parts: form([b'Content-Disposition: form-data; name="\xff"\r\n\r\nx', *parts]),
    "a field of 100 KB": lambda parts: form([field("q", b"x", more=b"X: " + b"h" * 100_000 + b"\r\n"), *parts]),
    "a name of 100 KB": lambda parts: form([field("q" * 100_000, b"x"), *parts]),
    "ten thousand parts": lambda parts: form([field("q", b"x")] * 10_000 + parts),
}


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("path", FORMS)
def test_a_broken_form_is_refused(nginx, path, defect):
    parts = [field(*part) for part in FORMS[path]]
    refused(send(nginx, "POST", path, DEFECTS[defect](parts)))


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=",
                                  'multipart/form-data; boundary=""', "multipart/form-data; boundary=" + "b" * 71])
@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_a_sane_boundary_is_refused(nginx, path, kind):
    refused(send(nginx, "POST", path, form([field(*part) for part in FORMS[path]], b"b" * 71), kind))


@pytest.mark.parametrize("path", FORMS)
def test_a_file_that_is_missing_empty_or_double_is_refused_by_its_name(nginx, path):
    *others, (name, content, file) = FORMS[path]
    others = [field(*part) for part in others]
    for parts in [others, others + [field(name, b"", file)], others + [field(name, content)],
                  others + [field(name, content, file)] * 2]:
        # Two pictures are more than one to start from, and more than one sound or file.
        refused(send(nginx, "POST", path, form(parts)), param=name)


@pytest.mark.parametrize("sent, kept", [
    ("../../etc/passwd", "passwd"), ("..", "file"), ("/", "file"), (r"a\..\b.png", "b.png"), ("a\tb\x01.txt", "ab.txt"),
    ("a%0d%0aX-Evil: 1.txt", "a%0d%0aX-Evil: 1.txt"), ("ü.txt", "ü.txt"),
])
def test_the_name_of_a_file_is_only_a_name(nginx, sent, kept):
    answer = send(nginx, "POST", "/v1/files", form([field("purpose", b"user_data"), field("file", b"words", sent)]))
    file = json.loads(answer[2])
    assert (answer[0], file["filename"]) == (200, kept)
    status, fields, body = send(nginx, "GET", f"/v1/files/{file['id']}/content")
    assert (status, body, fields["X-Evil"]) == (200, b"words", None)
    assert fields["X-Content-Type-Options"] == "nosniff" and fields["Content-Disposition"].startswith("attachment")
    assert send(nginx, "DELETE", f"/v1/files/{file['id']}")[0] == 200


# What belongs to another, or to nobody


def test_what_belongs_to_another_is_not_there(nginx):
    parts = [field(*part) for part in FORMS["/v1/files"]]
    file = json.loads(send(nginx, "POST", "/v1/files", form(parts))[2])["id"]
    response = json.loads(send(nginx, "POST", "/v1/responses", json.dumps({"model": "gpt-4o-mini", "input": "Hi"}),
                               "application/json")[2])["id"]
    for path in [f"/v1/files/{file}", f"/v1/files/{file}/content", f"/v1/responses/{response}",
                 f"/v1/responses/{response}/input_items"]:
        refused(send(nginx, "GET", path, key="another-key"), status=404)
        assert send(nginx, "GET", path)[0] == 200
    for path in [f"/v1/files/{file}", f"/v1/responses/{response}"]:
        refused(send(nginx, "DELETE", path, key="another-key"), status=404)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:  # Of many who delete at once, one did.
            answers = list(pool.map(lambda _: nginx.request("DELETE", path, None, {"Authorization": f"Bearer {KEY}"})[0],
                                    range(8)))
        assert sorted(answers) == [200] + [404] * 7


@pytest.mark.parametrize("name", ["%00", "..%2f..%2fx", "x" * 6_000, "%ff%fe", "'%20OR%201=1--", "a%0d%0aX-Evil:%201", "%zz"],
                         ids=lambda name: name[:20])
@pytest.mark.parametrize("path", ["/v1/files/{}", "/v1/files/{}/content", "/v1/responses/{}", "/v1/responses/{}/input_items"])
def test_an_impossible_id_is_nothing(nginx, path, name):
    answer = send(nginx, "GET", path.format(name))
    assert answer[0] in (400, 404) and answer[1]["X-Evil"] is None
    if answer[1]["X-Request-Id"]:  # some of them nginx refuses by itself, in its own words
        refused(answer, status=answer[0])


@pytest.mark.parametrize("query, name", [("limit=%zz", "limit"), ("limit=%00", "limit"), ("limit=1e3", "limit"),
                                         ("order=%ff", "order")])
def test_a_list_that_cannot_be_read_is_refused_by_its_field(nginx, query, name):
    refused(send(nginx, "GET", f"/v1/files?{query}"), param=name)


# The other dialects, and pictures in each


ROUTES = {"/v1/completions": ("prompt", "Hi"), "/v1/responses": ("input", "Hi"), "/v1/images/generations": ("prompt", "red"),
          "/v1/messages": ("messages", [{"role": "user", "content": "Hi"}]),
          "/v1/messages/count_tokens": ("messages", [{"role": "user", "content": "Hi"}]),
          "/v1/audio/speech": ("input", "Hi")}


@pytest.mark.parametrize("value", ["true", "-1", "1e308", "{}", "[[]]", "[null]", "1" + "0" * 30], ids=lambda value: value[:8])
@pytest.mark.parametrize("path", ROUTES)
def test_a_wrong_value_is_refused_in_the_dialect_of_the_address(nginx, path, value):
    name, good = ROUTES[path]
    for wrong, other in [(name, {"model": "gpt-4o-mini"}), ("model", {name: good})]:
        body = json.dumps({"max_tokens": 9, "voice": "alloy", **other})[:-1] + f', "{wrong}": {value}}}'
        refused_there(path, send(nginx, "POST", path, body, "application/json"), field=None if "[" in value else wrong)


PICTURES = ["data:", "data:,", "data:image/png;base64,", "data:image/png;base64,%%%", "data:image/png;base64,iVBO=Rw0",
            "data:text/html;base64,PGI+", uri(png()[:20]), uri(b"GIF89a\0\0\0\0"), uri(png(0, 0)), uri(b"\xff\xd8" + b"\xff" * 100_000),
            "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://0/",
            "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://localhost./", "https://x@127.0.0.1/",
            "https://127.0.0.1#@example.com/", "https://169.254.169.254/latest", "https://127.0.0.1\r\nX-Evil: 1/",
            "file:///etc/passwd", "gopher://127.0.0.1/", "https://" + "x" * 9_000]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture[:40])
def test_a_picture_of_nothing_is_refused_in_every_dialect(nginx, picture):
    claude = {"type": "url", "url": picture}
    if picture.startswith("data:image/png;base64,"):
        claude = {"type": "base64", "media_type": "image/png", "data": picture.partition(",")[2]}
    for path, name, part in [("/v1/chat/completions", "messages", {"type": "image_url", "image_url": {"url": picture}}),
                             ("/v1/responses", "input", {"type": "input_image", "image_url": picture}),
                             ("/v1/messages", "messages", {"type": "image", "source": claude})]:
        body = {"model": "gpt-4o", "max_tokens": 9, name: [{"role": "user", "content": [part]}]}
        error = refused_there(path, send(nginx, "POST", path, json.dumps(body), "application/json"), field=None)
        assert f"{name}[0].content[0]" in error["message"]


def test_the_web_servers_own_errors_have_the_dialect_of_the_address(nginx):
    too_long = b"x" * (101 << 20)
    for path in ["/v1/messages", "/v1/messages?beta=true", "/v1/messages/count_tokens"]:
        status, _, body = nginx.request("POST", path, too_long, {"Authorization": f"Bearer {KEY}"})
        assert (status, json.loads(body)["error"]["type"]) == (413, "request_too_large")
        assert json.loads(body)["type"] == "error"
    status, _, body = nginx.request("POST", "/v1/chat/completions", too_long, {"Authorization": f"Bearer {KEY}"})
    assert (status, json.loads(body)["error"]["code"]) == (413, "request_too_large")


from hostile import (  # noqa: E402, F401 -- these two are the last on purpose
    test_every_answer_was_logged_without_a_fault,
    test_no_key_and_no_prompt_is_on_disk,
)
