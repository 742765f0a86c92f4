"""Every address of the management API against its own description, with what schemathesis makes of it."""

import os
import subprocess
import sys

import pytest

from test_console import Site
from test_fallback import channel
from test_money import BY_CALL
from vendors import gateway as vendor_gateway

# What nobody may be asked often: each would end the session that the other examples need, or the patience for sign-ins, or would ask
# a vendor on the internet.
LEFT_OUT = ["/api/user/logout_everywhere", "/api/user/self", "/api/channel/fetch_models"]

# What it sends is invented; only what it is answered is recorded.
PROGRAM = """import os, recording
if "TEST_RECORDING" in os.environ: recording.begin(os.environ["TEST_RECORDING"], with_requests=False)
from schemathesis.cli import schemathesis; schemathesis()"""


def test_no_answer_is_a_failure_or_undescribed(tmp_path):
    pytest.importorskip("schemathesis")
    with vendor_gateway(tmp_path, lambda port: channel(port), BY_CALL) as running:
        site = Site(running, tmp_path)
        root = site.set_up()
        examples = os.environ.get("TEST_API_EXAMPLES", "8")
        excluded = [word for path in LEFT_OUT for word in ("--exclude-path", path)]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "run", site.address + "/api/openapi.json", "--max-examples", examples,
             "--header", "Authorization: " + root.headers["authorization"], "--workers", "2", "--seed", "7",
             "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
             "--phases", "examples,coverage,fuzzing", "--generation-database", "none", "--no-color", *excluded],
            capture_output=True, text=True, timeout=400, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.path.dirname(__file__)})
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
