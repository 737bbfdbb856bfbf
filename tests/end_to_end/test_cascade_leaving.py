"""A client that leaves a cascade, a hedge or a judge takes all of it along, within 200 ms."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from support import behaviours as b
from support.answers import said
from support.behaviours import Behaviour
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

SOON_S = 0.2


class Rig:
    """Two members, a strong target and a judge, all stand-ins."""

    def __init__(self, stack: ExitStack, folder: Any) -> None:
        self.left = 0
        """Clients so far."""
        self.all = [stack.enter_context(Upstream()) for _ in range(4)]
        place = {"backend": "openai_compatible", "model": "m"}
        names = ("one", "two", "strong", "judge")
        bases = zip(names, self.all, strict=True)
        cascade = {"members": ["one", "two"]}
        config = {
            "targets": {name: {**place, "base_url": each.base_url} for name, each in bases},
            "routes": {
                "careful": {
                    "targets": ["one", "two", "strong"],
                    "cascade": {**cascade, "judge": {"target": "judge"}},
                },
                "hedged": {
                    "targets": ["one", "two"],
                    "hedge": {"after_ms": 1, "max_share": 1},
                },
            },
            "default_route": "careful",
        }
        self.server = stack.enter_context(HeadgateServer(folder, config))

    def send(self, route: str, *, stream: bool) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self.server.root_url.removeprefix("http://"))
        body = {"model": route, "messages": [{"role": "user", "content": "Hi"}], "stream": stream}
        headers = {"content-type": "application/json"}
        connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        return connection


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with ExitStack() as stack:
        yield Rig(stack, tmp_path_factory.mktemp("headgate"))


SEVEN = b.says(said("The answer is 7"))
EIGHT = b.says(said("The answer is 8"))
HANGING = [b.SILENT, b.HEADERS_THEN_SILENCE, b.CONTENT_THEN_SILENCE]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("route", "behaviours", "hang"),
    [
        *(pytest.param("careful", (each, each), (0, 1), id=f"members, {each}") for each in HANGING),
        pytest.param("careful", (SEVEN, b.SILENT), (1,), id="one of two members"),
        pytest.param("careful", (SEVEN, EIGHT, b.OK, b.SILENT), (3,), id="the judge"),
        pytest.param(
            "careful", (SEVEN, EIGHT, b.SILENT, b.SERVER_ERROR), (2,), id="the strong target"
        ),
        pytest.param("hedged", (b.SILENT, b.SILENT), (0, 1), id="both of a hedge"),
    ],
)
def test_everything_under_way_is_closed(
    rig: Rig, route: str, behaviours: tuple[Behaviour, ...], hang: tuple[int, ...], stream: bool
) -> None:
    for upstream, behaviour in zip(rig.all, behaviours, strict=False):
        upstream.use(behaviour)
    names = ("one", "two", "strong", "judge")
    hanging = [rig.all[index] for index in hang]
    aborted = [len(each.aborted) for each in hanging]
    seen = [len(each.requests) for each in hanging]
    connection = rig.send(route, stream=stream)
    for upstream, before in zip(hanging, seen, strict=True):
        upstream.wait_requests(before + 1)
    left_at = time.monotonic()
    connection.close()
    for upstream, before in zip(hanging, aborted, strict=True):
        upstream.wait_for(lambda u=upstream, n=before: len(u.aborted) > n, "abort")
    assert all(each.aborted[-1].aborted_at - left_at < SOON_S for each in hanging)
    rig.left += 1
    where = {"status": "cancelled"}
    decision = rig.server.ledger_rows("decisions", where=where, at_least=rig.left)[-1]["id"]
    asked = max(hang) + 1 if route == "careful" else len(hang)
    if names[max(hang)] == "judge":
        asked = 3
    kept = rig.server.ledger_rows(where={"decision_id": decision}, at_least=asked)
    for index in hang:
        [row] = [row for row in kept if row["target"] == names[index]]
        assert row["outcome"] == "cancelled"
