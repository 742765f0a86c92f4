"""The search for secrets behind the tests: it finds what it is made to find."""

import pathlib
import subprocess
import tempfile

import pytest

SEARCH = pathlib.Path(__file__).resolve().parents[1] / "checks/secrets"
GIVEN, BROUGHT, PASSWORD = "sk-" + "0f" * 32, "a-vendors-key-4711", "a horse of another colour"


@pytest.fixture
def folder():
    """Not where the tests' files lie: these would be found by the search behind this very run."""
    with tempfile.TemporaryDirectory() as folder:
        yield pathlib.Path(folder)


def search(folder, places):
    """What the search says of a run that left these texts."""
    for name in ("files/state/log", "recording/requests", "recording/answers"):
        (folder / name).mkdir(parents=True)
    usual = {
        "files/martlet.toml": f'[[channel]]\nkeys = ["{BROUGHT}"]\n',
        "files/state/session.key": "5" * 64,
        "recording/requests/1-1": f"POST /v1/chat/completions HTTP/1.1\r\nAuthorization: Bearer {GIVEN}\r\n\r\n{{}}",
        "recording/requests/1-2": f'POST /api/user/login HTTP/1.1\r\nA: b\r\n\r\n{{"password":"{PASSWORD}"}}',
        "recording/requests/1-3": "GET /simulator/vendors HTTP/1.1\r\n\r\n",
        "recording/answers/1-3": BROUGHT,
        "recording/answers/1-4": f'{{"key":"{GIVEN}"}}',
    }
    for name, text in (usual | places).items():
        (folder / name).write_text(text)
    done = subprocess.run([SEARCH, folder / "files", folder / "recording"], capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_run_that_tells_nothing_is_good(folder):
    status, said = search(folder, {"files/state/log/martlet.log": "nothing\n"})
    assert status == 0 and "4 secrets" in said, said


@pytest.mark.parametrize("place", ["files/state/log/martlet.log", "files/state/martlet.db", "recording/answers/1-2"])
@pytest.mark.parametrize("secret", [GIVEN, BROUGHT, PASSWORD, "5" * 64])
def test_a_secret_is_found_wherever_it_lies(folder, place, secret):
    status, said = search(folder, {place: f"\0before{secret}behind"})
    assert status == 1 and secret not in said, said


def test_a_run_without_secrets_proves_nothing(folder):
    for name in ("files", "recording/requests", "recording/answers"):
        (folder / name).mkdir(parents=True)
    assert subprocess.run([SEARCH, folder / "files", folder / "recording"], capture_output=True).returncode == 1
