"""Serving the built page: what a browser may load, keep, and be told to do."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from headgate.server.page import page_routes

SCRIPT = b"console.log('a page')"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Plan</title>")
    (tmp_path / "assets" / "index-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "index-1a2b.js.br").write_bytes(b"as brotli")
    (tmp_path / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    return tmp_path


class Answer:
    """What an application sent."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, dict[str, str](), b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")


def get(static: Path, path: str, **headers: str) -> Answer:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": sent,
    }
    answer = Answer()
    application = Starlette(routes=page_routes(static))
    with pytest.raises(StopIteration):
        application(scope, _nothing, answer.send).__await__().send(None)  # type: ignore[attr-defined]
    return answer


async def _nothing() -> Message:
    return {"type": "http.request", "body": b""}


def test_the_index_is_asked_for_again_each_time_and_its_assets_never(static: Path) -> None:
    assert get(static, "/").headers["cache-control"] == "no-cache"
    kept = get(static, "/assets/index-1a2b.js").headers["cache-control"]
    assert kept == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/", "/assets/index-1a2b.js"])
def test_everything_is_sent_with_the_rules_that_keep_a_page_to_its_own(
    static: Path, path: str
) -> None:
    headers = get(static, path).headers
    assert headers["content-security-policy"] == (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "object-src 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"as brotli"),
        ("gzip", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0, GZIP;q=0.5", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("", None, SCRIPT),
        ("identity;q=1, br;q=0.0", None, SCRIPT),
    ],
)
def test_a_browser_gets_the_smallest_form_it_takes(
    static: Path, accepted: str, encoding: str | None, body: bytes
) -> None:
    answer = get(static, "/assets/index-1a2b.js", accept_encoding=accepted)
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "accept-encoding"
    assert len(answer.body) == len(body)


def test_what_a_browser_has_already_is_not_sent_again(static: Path) -> None:
    tag = get(static, "/").headers["etag"]
    again = get(static, "/", if_none_match=tag)
    assert (again.status, again.body) == (304, b"")
    assert get(static, "/", if_none_match='"another"').status == 200


@pytest.mark.parametrize(
    "path", ["/assets/absent.js", "/assets/../index.html", "/assets/index-1a2b.js.br", "/assets/"]
)
def test_nothing_but_the_built_files_is_there(static: Path, path: str) -> None:
    assert get(static, path).status == 404


def test_a_page_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    answer = get(tmp_path, "/")
    assert answer.status == 503
    assert b"make page" in answer.body
