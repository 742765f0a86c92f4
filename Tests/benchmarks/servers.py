"""The three servers of a benchmark: an upstream with canned answers, Martlet, and the web server before both."""

import json
import os
import shlex

from accounts import children
from ground import ROOT, BenchError, build_folder, free_port, listens, run

WORKERS, THREADS = 2, 512
TICK_SECONDS = 0.1
ECHO_MODULE = "/usr/lib/nginx/modules/ngx_http_echo_module.so"

RECORD = {"aiRecord": {
    "uuid": "u1", "model": "gpt-4o-mini", "type": "UNIFY_CHAT_WITH_AI", "status": "SUCCESS",
    "metadata": {"inputToken": 9, "outputToken": 3, "credit": 12},
    "aiRecordDetail": {"promptObject": {"prompt": "Hi"}, "resultObject": ["Hello"]}}}
COMPLETION = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "canned", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hello", "refusal": None}, "logprobs": None,
         "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}}
MODELS = {"models": [{"modelId": "gpt-4o-mini", "name": "GPT-4o mini", "status": "ACTIVE"}], "total": 1}

NGINX = """
worker_processes 2;
worker_rlimit_nofile 16384;
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}-error.log warn;
{head}
events {{ worker_connections 8192; }}
http {{
    server_tokens off;
    client_body_temp_path {folder}/temporary;
    fastcgi_temp_path {folder}/temporary;
    proxy_temp_path {folder}/temporary;
    scgi_temp_path {folder}/temporary;
    uwsgi_temp_path {folder}/temporary;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
{body}
}}
"""


def quoted(text):
    """A string of nginx's configuration."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Nginx:
    """An nginx of one's own."""

    def __init__(self, ground, name, body, head=""):
        self._path = ground.folder / f"{name}.conf"
        (ground.folder / "temporary").mkdir(exist_ok=True)
        # As root, nginx would give its rights up, and the sockets are ours.
        account = "user root;" if os.getuid() == 0 else ""
        self._path.write_text(NGINX.format(folder=ground.folder, name=name, body=body, head=head + account))
        self.process = ground.start(name, "/usr/sbin/nginx", "-p", ground.folder, "-e",
                                    ground.folder / f"{name}-error.log", "-c", self._path)


class CannedUpstream(Nginx):
    """1min.ai with answers that are ready: faster than whoever asks it."""

    def __init__(self, ground, events, authority):
        self.port, self.tls_port = free_port(), free_port()
        super().__init__(ground, "upstream", self._server(events, authority), f"load_module {ECHO_MODULE};\n")
        ground.wait_until(lambda: listens(self.port) and listens(self.tls_port), self.process, "the canned upstream")

    def _server(self, events, authority):
        ticks = "\necho_sleep {};\n".format(TICK_SECONDS).join(
            "echo {}; echo_flush;".format(quoted(self._event("content", {"content": f"tick {number} "})))
            for number in range(events))
        end = "echo {};".format(quoted(self._event("result", RECORD) + "\n" + self._event("done", {"message": "Done"})))
        return f"""
    access_log off;
    server {{
        listen 127.0.0.1:{self.port} backlog=4096;
        listen 127.0.0.1:{self.tls_port} ssl backlog=4096;
        ssl_certificate {authority.server};
        ssl_certificate_key {authority.server_key};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_cache shared:sessions:10m;
        location = /api/chat-with-ai {{
            if ($arg_isStreaming = "true") {{ rewrite ^ /stream last; }}
            default_type application/json;
            return 200 {quoted(json.dumps(RECORD, separators=(",", ":")))};
        }}
        location = /v1/chat/completions {{
            default_type application/json;
            return 200 {quoted(json.dumps(COMPLETION, separators=(",", ":")))};
        }}
        location = /models {{
            default_type application/json;
            return 200 {quoted(json.dumps(MODELS))};
        }}
        location = /stream {{
            internal;
            default_type text/event-stream;
            add_header X-Accel-Buffering no;
            echo_read_request_body;
            {ticks}
            {end}
        }}
    }}"""

    @staticmethod
    def _event(name, data):
        return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n"


class Martlet:
    """`martlet serve` with everything switched on."""

    def __init__(self, ground, name, origin, before=(), certificates=None):
        self.state = ground.folder / name
        self.settings = ground.folder / f"{name}.toml"
        self.settings.write_text(settings(origin, self.state / "martlet.log", certificates))
        self.program = program()
        self.process = ground.start(name, *before, self.program, "serve", "--config", self.settings,
                                    "--state", self.state)
        self.socket = self.state / "run/martlet.sock"
        ground.wait_until(lambda: self.socket.exists() and len(self.workers()) == WORKERS, self.process, name)

    def workers(self):
        """The ids of the worker processes."""
        return children(self.process.pid)

    def keys(self, count):
        """Keys that are issued here, of an account with money."""
        def command(*arguments):
            return run(self.program, *arguments, "--config", self.settings, "--state", self.state).strip()

        command("account", "create", "bench", "--no-password", "--money", "1000000")
        return [command("key", "create", "bench", "--money", "10000") for _ in range(count)]

    def shipped(self, name):
        """A shipped configuration file for nginx, with the paths of this run."""
        words = {"STATE": self.state, "ROOT": ROOT, "CONFIG": self.settings, "MARTLET": self.program}
        names = "; ".join(f"{name}={shlex.quote(str(value))}" for name, value in words.items())
        return run("bash", "-c", f". {shlex.quote(str(ROOT))}/conf/lib/common.sh; {names}; shipped nginx/{name}")


def program():
    """The release build."""
    path = build_folder() / "release/martlet"
    if not path.exists():
        raise BenchError(f"{path} is missing: run without --no-build")
    return path


def settings(origin, log, certificates=None):
    """Martlet's settings: the limits are counted but never reached, and every request is logged."""
    most = 1_000_000_000
    authority = f'[upstream]\nca_file = "{certificates}"' if certificates else ""
    return f"""
[server]
workers = {WORKERS}
threads = {THREADS}
[limits]
subject = "both"
requests_per_minute = {most}
tokens_per_minute = {most}
failed_authentication_per_minute = {most}
[log]
level = "info"
file = "{log}"
[onemin]
base_url = "{origin}"
[access]
open = true
[[channel]]
name = "canned"
type = "openai"
base_url = "{origin}/v1"
key = "canned"
models = ["canned"]
[[price]]
model = "canned"
input = 0.15
output = 0.6
{authority}
"""


class Front(Nginx):
    """The web server: Martlet as it is shipped, and the same upstream without Martlet under `/direct/`."""

    def __init__(self, ground, name, martlet, upstream, authority, over_tls):
        self.port = free_port()
        snippet, kept = ground.folder / f"{name}-martlet.conf", ground.folder / f"{name}-martlet-upstream.conf"
        snippet.write_text(martlet.shipped("martlet.conf"))
        kept.write_text(martlet.shipped("martlet-upstream.conf"))
        port = upstream.tls_port if over_tls else upstream.port
        verified = f"""
            proxy_ssl_verify on;
            proxy_ssl_name localhost;
            proxy_ssl_trusted_certificate {authority.certificate};""" if over_tls else ""
        super().__init__(ground, name, f"""
    access_log {ground.folder}/{name}-access.log;
    include {kept};
    upstream canned {{
        server 127.0.0.1:{port};
        keepalive 1024;
        keepalive_requests 1000000000;
        keepalive_timeout 1h;
    }}
    server {{
        listen 127.0.0.1:{self.port} backlog=4096;
        include {snippet};
        location ^~ /direct/ {{
            proxy_pass {"https" if over_tls else "http"}://canned/;
            proxy_http_version 1.1;
            proxy_set_header Connection "";{verified}
        }}
    }}""")
        ground.wait_until(lambda: listens(self.port), self.process, "the web server")
