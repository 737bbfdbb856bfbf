"""What Anthropic's SDK is told when something goes wrong, relayed or translated."""

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic

from support import behaviours as b
from support.anthropic_sdk import HI, ROUTES, ask, client_of, serving, streamed
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

BOTH = pytest.mark.parametrize("route", ROUTES)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    with serving(upstream, tmp_path_factory.mktemp("headgate")) as server:
        yield server


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[Anthropic]:
    upstream.use(b.OK)
    with client_of(server) as client:
        yield client


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (b.BAD_REQUEST, (anthropic.BadRequestError, 400, "invalid_request_error")),
        (b.NO_SUCH_MODEL, (anthropic.NotFoundError, 404, "not_found_error")),
        (b.RATE_LIMITED, (anthropic.RateLimitError, 429, "rate_limit_error")),
        (b.OVERLOADED, (anthropic.OverloadedError, 529, "overloaded_error")),
        (b.SERVER_ERROR, (anthropic.InternalServerError, 500, "api_error")),
        # Our key was refused, not the client's.
        (b.UNAUTHORIZED, (anthropic.InternalServerError, 502, "api_error")),
    ],
    ids=str,
)
@BOTH
def test_errors_are_of_the_class_that_clients_expect(
    client: Anthropic,
    upstream: Upstream,
    route: str,
    behaviour: b.Behaviour,
    expected: tuple[type[anthropic.APIStatusError], int, str],
) -> None:
    kind, status, word = expected
    upstream.use(behaviour)
    for call in (ask, streamed):
        with pytest.raises(kind) as caught:
            call(client, route)
        assert caught.value.status_code == status
        assert caught.value.type == word
        assert caught.value.request_id is not None
    recover(client, upstream)


def recover(client: Anthropic, upstream: Upstream) -> None:
    """Answers again, so that no target rests because of what a test did to it."""
    upstream.use(b.OK)
    for route in ROUTES:
        ask(client, route)


def test_what_is_wrong_with_a_request_is_said_in_anthropics_words(client: Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError, match="no route, target or model"):
        ask(client, "nothing-like-it")
    with pytest.raises(anthropic.BadRequestError, match=r"tools\[0\]"):
        ask(client, "translated", tools=[{"type": "bash_20250124", "name": "bash"}])
    with pytest.raises(anthropic.BadRequestError, match="max_tokens: it is needed"):
        client.post("/v1/messages", body={"model": "relayed", "messages": HI}, cast_to=object)


@BOTH
def test_a_stream_that_breaks_raises_and_never_ends_well(
    client: Anthropic, upstream: Upstream, route: str
) -> None:
    for behaviour in (b.CUT, b.MALFORMED_AFTER_CONTENT, b.ERROR_AFTER_CONTENT):
        upstream.use(behaviour)
        with pytest.raises(anthropic.APIStatusError):
            streamed(client, route)
    recover(client, upstream)


def test_a_backend_that_cannot_be_told_something_refuses_or_the_header_says_so(
    client: Anthropic, upstream: Upstream
) -> None:
    more: Any = {"extra_body": {"inference_geo": "us"}}
    with pytest.raises(anthropic.BadRequestError, match="inference_geo"):
        ask(client, "translated", **more)
    raw = client.messages.with_raw_response.create(
        model="dropping", messages=HI, max_tokens=9, **more
    )
    assert raw.headers["x-headgate-dropped"] == "inference_geo"
