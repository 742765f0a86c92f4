"""Settings: what is wrong with them is said at once, with its place, and nothing is started."""

import json
import os
import shutil
import signal
import subprocess

import pytest

from gateway import PROGRAM, ROOT, free_port, wait_until

CHAT = "/v1/chat/completions"


def serve(folder, *arguments, command="serve", limit=20, prefix=(), **environment):
    """Runs a command that is expected to end by itself; returns (status, what it said)."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
    ended = subprocess.run([*prefix, PROGRAM, command, "--state", str(folder / "state"), *arguments],
                           env={**clean, **environment}, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit)
    return ended.returncode, (ended.stdout + ended.stderr).decode()


def written(folder, text):
    file = folder / "bad.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


# The file


FAULTS = """\
[server]
workers = 0
threads = "many"
port = 80
socket = "here"
socket_mode = "rwx"
trusted_proxies = ["10.0.0.0/8", "everybody"]
prefix = "ai/"

[limits]
requests_per_minute = -1
tokens_per_minute = 1.5
subject = "everybody"

[upstream]
idle_seconds = nan
total_seconds = inf

[models]
permitted = [1]
permitted_only = "yes"
[models.aliases]
old = 5

[onemin]
base_url = "ftp://example.org"

[nonsense]
x = 1
"""


@pytest.mark.parametrize("command", ["serve", "check"])
def test_all_faults_are_told_with_their_lines(tmp_path, command):
    file = written(tmp_path, FAULTS)
    status, said = serve(tmp_path, "--config", str(file), command=command)
    assert status == 2
    lines = said.strip().splitlines()
    for number, key in [(2, "server.workers"), (3, "server.threads"), (4, "server.port"), (5, "server.socket"),
                        (6, "server.socket_mode"), (7, "server.trusted_proxies"), (8, "server.prefix"),
                        (11, "limits.requests_per_minute"), (12, "limits.tokens_per_minute"), (13, "limits.subject"),
                        (16, "upstream.idle_seconds"), (17, "upstream.total_seconds"), (20, "models.permitted"),
                        (21, "models.permitted_only"), (23, "models.aliases.old"), (26, "onemin.base_url"), (29, "nonsense.x")]:
        assert [line for line in lines if line.startswith(f"{file}:{number}: {key} ")], (key, said)
    assert len(lines) == 17, said
    assert not (tmp_path / "state").exists(), "nothing is started or written"


@pytest.mark.parametrize("text, place", [
    ("[server]\nworkers = = 2\n", ":2:"), ("[server\n", ":1:"), ("[server]\nworkers = 2\nworkers = 3\n", ":3:"),
    ("workers = 2 threads = 3", ":1:"), ('x = "never ends', ":1:"), ("[server]\nsocket = 'a\x00b'\n", ":2:"),
    ("[server]\nworkers = 1e400\n", ":2:"), ("x = " + "[" * 10_000, ":1:"),
])
def test_a_syntax_error_is_told_with_its_place(tmp_path, text, place):
    file = written(tmp_path, text)
    status, said = serve(tmp_path, "--config", str(file))
    assert status == 2
    assert said.startswith(f"{file}{place}")
    assert len(said) < 1_000


@pytest.mark.parametrize("name, reason", [("nowhere.toml", "No such file"), (".", "directory")])
def test_a_file_that_cannot_be_read_is_told(tmp_path, name, reason):
    status, said = serve(tmp_path, "--config", str(tmp_path / name))
    assert status == 2
    assert reason in said


def test_a_file_that_is_no_text_is_refused(tmp_path):
    assert serve(tmp_path, "--config", str(written(tmp_path, b'[server]\nprefix = "/\xff\xfe"\n')))[0] == 2


def test_a_list_instead_of_a_section_is_refused(tmp_path):
    for text in ["server = 5\n", "[[server]]\nworkers = 2\n", 'models.aliases = "x"\n']:
        status, said = serve(tmp_path, "--config", str(written(tmp_path, text)))
        assert status == 2 and "bad.toml:1: " in said, text


# The environment


@pytest.mark.parametrize("name, value, key", [
    ("MARTLET_SERVER_WORKERS", "zero", "server.workers"), ("MARTLET_SERVER_WORKERS", "", "server.workers"),
    ("MARTLET_SERVER_WORKERS", "1e99", "server.workers"), ("MARTLET_SERVER_WORKERS", "nan", "server.workers"),
    ("MARTLET_LIMITS_SUBJECT", "nobody", "limits.subject"), ("MARTLET_LOG_LEVEL", "loud", "log.level"),
    ("MARTLET_MODELS_PERMITTED_ONLY", "perhaps", "models.permitted_only"),
    ("MARTLET_DATABASE_WINDOWS", "postgresql://x", "database.windows"),
    ("PERMIT_MODELS_FROM_SUBSET_ONLY", "perhaps", "models.permitted_only"),
    ("ONE_MIN_API_URL", "ftp://example.org", "onemin.base_url"),
    ("ONE_MIN_API_URL", "http://user:secret@example.org", "onemin.base_url"),
])
def test_a_fault_in_the_environment_names_its_variable(tmp_path, name, value, key):
    status, said = serve(tmp_path, **{name: value})
    assert status == 2
    assert said.startswith(f"{name}: {key} ")
    assert "secret" not in said


def test_the_environment_lies_over_the_file(tmp_path):
    file = written(tmp_path, "[server]\nworkers = 0\n")
    assert serve(tmp_path, "--config", str(file), command="check", MARTLET_SERVER_WORKERS="1")[0] == 0


# What a start needs


@pytest.mark.parametrize("socket", ["unix:/proc/nowhere/socket", "unix:/etc/passwd", "tcp:nowhere.invalid:9000",
                                    "unix:" + "long/" * 40 + "socket", "tcp:192.0.2.1:9000", "tcp:127.0.0.1"])
def test_a_socket_that_cannot_be_opened_is_told(tmp_path, socket):
    status, said = serve(tmp_path, MARTLET_SERVER_SOCKET=socket)
    assert status == 1
    assert said.startswith("martlet cannot start: ")
    assert "Error" not in said and len(said.splitlines()) == 1


def test_a_socket_in_a_folder_without_permission_is_told(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    # Root may do everything; without this capability it may not.
    prefix = [shutil.which("setpriv"), "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    status, said = serve(tmp_path, prefix=prefix, MARTLET_SERVER_SOCKET=f"unix:{closed}/socket")
    assert status == 1
    assert "may not listen" in said


def test_a_socket_that_is_taken_is_told(run, tmp_path):
    gateway = run().wait_ready()
    status, said = serve(tmp_path, MARTLET_SERVER_SOCKET=f"unix:{gateway.state}/run/martlet.sock")
    assert status == 1
    assert "another process listens" in said
    assert gateway.request("GET", "/v1/models")[0] == 200


@pytest.mark.parametrize("folder", ["/proc/nowhere", "/etc/passwd", "/dev/null/x"])
def test_a_state_folder_that_cannot_be_used_is_told(tmp_path, folder):
    status, said = serve(tmp_path, "--state", folder)
    assert status == 1
    assert folder in said


def test_a_log_file_that_cannot_be_opened_is_told(tmp_path):
    status, said = serve(tmp_path, MARTLET_LOG_FILE="/proc/nowhere")
    assert status == 1
    assert "/proc/nowhere" in said


@pytest.mark.parametrize("command", ["serve", "check"])
def test_too_few_descriptors_are_told(tmp_path, command):
    prefix = ["bash", "-c", 'ulimit -n 100; exec "$0" "$@"']
    if os.geteuid() == 0:  # root could raise the limit
        prefix = [shutil.which("setpriv"), "--bounding-set=-sys_resource", "--inh-caps=-sys_resource", *prefix]
    status, said = serve(tmp_path, command=command, prefix=prefix)
    assert status == 1
    assert "100" in said and "descriptors" in said and "threads" in said


def test_a_worker_without_a_socket_is_told(tmp_path):
    status, said = serve(tmp_path, command="worker")
    assert status == 1
    assert "martlet serve" in said


def test_unknown_commands_and_options_are_told(tmp_path):
    for command, arguments in [("fly", []), ("serve", ["--fast"]), ("serve", ["--config"])]:
        status, said = serve(tmp_path, *arguments, command=command)
        assert status not in (0, 1, 2, -signal.SIGILL, -signal.SIGTRAP) and said


# Names of older relays


def test_the_names_of_older_relays_choose_the_models(run):
    gateway = run(settings={"PERMIT_MODELS_FROM_SUBSET_ONLY": "True", "SUBSET_OF_ONE_MIN_PERMITTED_MODELS": "gpt-4o, gpt-4o-mini"})
    gateway.wait_ready()
    models = json.loads(gateway.request("GET", "/v1/models")[2])["data"]
    assert [model["id"] for model in models] == ["gpt-4o", "gpt-4o-mini"]
    _, allowed = gateway.open_chat("Hello", stream=False)
    assert allowed.status == 200
    _, refused = gateway.open_chat("Hello", stream=False, model="gpt-3.5-turbo")
    assert refused.status == 404
    error = json.loads(refused.read())["error"]
    assert error["code"] == "model_not_found" and "not permitted" in error["message"]


def test_a_subset_alone_only_stands_first(run):
    gateway = run(settings={"PERMIT_MODELS_FROM_SUBSET_ONLY": "false", "SUBSET_OF_ONE_MIN_PERMITTED_MODELS": "gpt-3.5-turbo"})
    gateway.wait_ready()
    models = [model["id"] for model in json.loads(gateway.request("GET", "/v1/models")[2])["data"]]
    assert models[0] == "gpt-3.5-turbo" and len(models) > 5
    assert len(set(models)) == len(models)


@pytest.mark.parametrize("form", ["{origin}", "{origin}/", "{origin}/api/features", "{origin}/api/features?x=1"])
def test_the_address_of_older_relays_is_taken_in_every_form(run, form):
    port = free_port()
    origin = f"http://127.0.0.1:{port}/simulator/onemin"
    file = {"MARTLET_SERVER_SOCKET": "unix:run/martlet.sock"}
    # The alias lies over the file that conf/run writes: a wrong reading of it would not find the simulator.
    gateway = run(port=port, settings={**file, "ONE_MIN_API_URL": form.format(origin=origin)}).wait_ready()
    _, answer = gateway.open_chat("Hello", stream=False)
    assert answer.status == 200, answer.read()


@pytest.mark.parametrize("value, debugs", [("false", False), ("False", False), ("0", False), ("", False), ("true", True), ("1", True)])
def test_debug_means_what_it_says(run, value, debugs):
    gateway = run(settings={"DEBUG": value}).wait_ready()
    # This model refuses the search and is asked again, which is worth a word only when debugging.
    _, answer = gateway.open_chat("News?", stream=False, model="gpt-3.5-turbo:online")
    assert answer.status == 200, answer.read()
    log = gateway.state / "log/martlet.log"
    wait_until(lambda: '"path":"/v1/chat/completions"' in log.read_text(), 5, "the request is logged")
    assert ('"level":"debug"' in log.read_text()) is debugs


def test_settings_without_a_meaning_are_named_once(tmp_path):
    status, said = serve(tmp_path, command="check", MEMCACHED_HOST="x", PORT="80")
    assert status == 0
    (line,) = [line for line in said.splitlines() if "MEMCACHED_HOST" in line]
    assert "PORT" in line


def test_every_setting_of_the_annotated_file_is_one(tmp_path):
    annotated = ROOT / "conf/martlet.toml"
    if not annotated.exists():
        pytest.skip("there is no annotated file yet")
    assert serve(tmp_path, "--config", str(annotated), command="check")[0] == 0
