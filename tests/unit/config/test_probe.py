import asyncio
import socket

import pytest

from headgate.config.probe import listed_models, probe
from support.upstream import Upstream


def test_a_server_that_answers_gives_its_list():
    with Upstream(models=("one", "two")) as upstream:
        body = asyncio.run(probe(f"{upstream.base_url}/models"))
    assert body is not None
    assert listed_models(body) == ["one", "two"]


def test_another_status_is_no_answer():
    with Upstream() as upstream:
        assert asyncio.run(probe(f"{upstream.root_url}/nothing/here")) is None


def test_a_closed_port_is_no_answer():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert asyncio.run(probe(f"http://127.0.0.1:{port}/v1/models")) is None


def test_a_server_that_says_nothing_does_not_hold_up_the_start():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1/models"
        assert asyncio.run(asyncio.wait_for(probe(url), 2)) is None


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"object": "list", "data": [{"id": "a", "object": "model"}]}', ["a"]),
        (b'{"models": [{"name": "a:latest", "model": "a:latest", "size": 1}]}', ["a:latest"]),
        (b'{"models": [{"name": "x"}], "object": "list", "data": [{"id": "a"}]}', ["a"]),
        (b'{"data": []}', []),
        (b'{"data": [{"id": ""}, {}, {"id": "a\\u001b[2J"}]}', []),
        (b'{"data": null}', None),
        (b'{"data": "a"}', None),
        (b'["a"]', None),
        (b"<html>", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_only_a_list_of_models_proves_an_engine(body, names):
    assert listed_models(body) == names
