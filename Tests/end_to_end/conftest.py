"""Fixtures: a running gateway per web server, shared by the tests of a module."""

import os

import pytest

import recording
from gateway import SERVERS, Gateway

if "TEST_RECORDING" in os.environ:
    recording.begin(os.environ["TEST_RECORDING"])


@pytest.fixture
def run(tmp_path):
    """Starts gateways that the test stops itself; whatever it forgets is ended afterwards."""
    started = []

    def start(server="nginx", state=None, **more):
        gateway = Gateway(server, state or tmp_path / f"state-{len(started)}", **more)
        started.append(gateway)
        return gateway

    yield start
    for gateway in started:
        if gateway.process.poll() is None or gateway.left_over():
            gateway.end_leftovers()


@pytest.fixture(scope="module", params=SERVERS)
def gateway(request, tmp_path_factory):
    """One gateway per web server; stopping it must leave nothing behind."""
    gateway = Gateway(request.param, tmp_path_factory.mktemp(request.param) / "state").wait_ready()
    yield gateway
    status = gateway.stop()
    left = gateway.left_over()
    if left:
        gateway.end_leftovers()
    assert status == 0
    assert not left


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    """One gateway behind nginx, with tools emulated for one model."""
    yield from behind_nginx(tmp_path_factory, {"MARTLET_MODELS_EMULATE_TOOLS": "gpt-4o"})


@pytest.fixture(scope="module")
def lively(tmp_path_factory):
    """The same with a heartbeat each second."""
    yield from behind_nginx(tmp_path_factory, {"MARTLET_STREAM_HEARTBEAT_SECONDS": "1"})


def behind_nginx(tmp_path_factory, settings):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("relay") / "state", settings=settings).wait_ready()
    yield gateway
    status = gateway.stop()
    left = gateway.left_over()
    if left:
        gateway.end_leftovers()
    assert status == 0
    assert not left
