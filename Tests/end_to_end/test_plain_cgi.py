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
