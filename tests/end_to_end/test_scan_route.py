"""A text can be tried out over HTTP; nothing of it is sent or recorded."""

import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from support.browser import GATEWAY
from support.headgate_server import HeadgateServer

TEXT = "Écris à ada@example.com, carte 4111 1111 1111 1111, encore ada@example.com."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), GATEWAY) as started:
        yield started


def scan(server: HeadgateServer, body: object) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{server.base_url}/scan",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        said: dict[str, Any] = json.load(response)
    return said


def test_findings_have_their_places_and_masks_are_shown(server: HeadgateServer) -> None:
    said = scan(server, {"text": TEXT, "actions": {"email": "mask", "card": "redact"}})
    places = [(each["label"], TEXT[each["start"] : each["end"]]) for each in said["findings"]]
    assert places == [
        ("email", "ada@example.com"),
        ("card", "4111 1111 1111 1111"),
        ("email", "ada@example.com"),
    ]
    assert said["labels"] == {"card": 1, "email": 2}
    assert said["problem"] is None
    masked = said["masked"]
    assert "ada@example.com" not in masked
    assert "4111" not in masked
    assert "[CARD]" in masked
    name = next(word for word in masked.replace(",", " ").split() if word.startswith("EMAIL_"))
    assert masked.count(name) == 2


def test_only_what_is_wanted_is_looked_for(server: HeadgateServer) -> None:
    said = scan(server, {"text": TEXT, "detect": ["card"]})
    assert said["labels"] == {"card": 1}
    assert said["masked"] == TEXT
    assert {"card", "email", "secret", "person"} <= set(said["known"])
    assert set(said["certainties"]) == set(said["known"])
    assert said["certainties"]["secret"] == "secret"
    assert said["certainties"]["person"] == "context"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": "x", "detect": ["shoe_size"]}, "there is no detector `shoe_size`"),
        ({"text": "x", "actions": {"email": "hide"}}, "not a text to scan"),
        ({}, "not a text to scan"),
    ],
)
def test_what_is_wrong_is_said(server: HeadgateServer, body: object, message: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        scan(server, body)
    with caught.value as error:
        assert error.code == 400
        assert message in json.load(error)["error"]["message"]


def test_nothing_is_recorded(server: HeadgateServer) -> None:
    scan(server, {"text": TEXT})
    with closing(sqlite3.connect(server.ledger)) as ledger:
        [count] = ledger.execute("SELECT count(*) FROM decisions").fetchone()
    assert count == 0
    assert b"ada@example.com" not in server.ledger.read_bytes()
