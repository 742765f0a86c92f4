"""The worker started by a web server without FastCGI: one process, one request."""
import os
import subprocess

import pytest

from gateway import PROGRAM


@pytest.mark.parametrize("arguments", [[], ["worker"]])
def test_a_program_started_by_cgi_answers_one_request(tmp_path, arguments):
    environment = {
        **os.environ,
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": "/health",
        "MARTLET_STATE": str(tmp_path / "state"),
        # Nobody listens there: the catalogue stays as it was bundled.
        "MARTLET_ONEMIN_BASE_URL": "http://127.0.0.1:9",
        "CONTENT_LENGTH": "4",
    }
    ended = subprocess.run(
        [PROGRAM, *arguments], env=environment, input=b"body", capture_output=True, timeout=20, check=True
    )
    assert ended.stdout.startswith(b"Status: 200")


def test_whom_the_web_server_has_proven_is_signed_in(tmp_path):
    state = str(tmp_path / "state")
    subprocess.run([PROGRAM, "account", "create-owner", "root", "--no-password", "--state", state], check=True, capture_output=True, timeout=30)

    def answer(method="GET", **variables):
        environment = {
            **os.environ, "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": method, "REQUEST_URI": "/api/user/self",
            "MARTLET_STATE": state, "MARTLET_ONEMIN_BASE_URL": "http://127.0.0.1:9",
            "MARTLET_ACCOUNTS_SSO_PARAMETER": "GATEWAY_SSO_USER", "HTTP_HOST": "relay.example", "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": "21", **variables}
        ended = subprocess.run([PROGRAM], env=environment, input=b'{"display_name":"Ro"}', capture_output=True, timeout=20, check=True)
        return ended.stdout.split(b"\r\n")[0].decode()

    # What the browser sends for the web server's own sign-on comes along.
    basic = {"HTTP_AUTHORIZATION": "Basic cm9vdDp4"}
    assert answer(GATEWAY_SSO_USER="root", **basic) == "Status: 200 OK"
    assert "403" in answer(GATEWAY_SSO_USER="stranger", **basic)
    assert "401" in answer(HTTP_GATEWAY_SSO_USER="root", **basic) and "401" in answer(REMOTE_USER="root", **basic)
    # As with a cookie, other sites' pages cannot make it act.
    assert "403" in answer("PUT", GATEWAY_SSO_USER="root", HTTP_ORIGIN="https://evil.example", **basic)
    assert "200" in answer("PUT", GATEWAY_SSO_USER="root", HTTP_ORIGIN="https://relay.example", **basic)
