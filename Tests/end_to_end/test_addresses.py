"""Pictures at addresses that clients name."""

import contextlib
import http.server
import threading

import openai
import pytest

from pictures import jpeg, part, text
from seeing import answer, ask, client, relay  # noqa: F401 (fixtures)


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
