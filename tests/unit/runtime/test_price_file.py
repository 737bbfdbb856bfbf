"""A fetched list over a real socket, kept in a real folder."""

import asyncio
import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from headgate.catalog.prices import find_price, use_packaged_list
from headgate.core.errors import HeadgateError, UpstreamGarbled, UpstreamUnavailable
from headgate.runtime.price_file import (
    Update,
    default_url,
    price_file,
    update_prices,
    use_fetched_prices,
)
from support.price_list import price_list

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DEARER = price_list({"gpt-4o": (9.0, 18.0)})
LATER_S = datetime(2100, 1, 2, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def packaged_list_afterwards() -> Iterator[None]:
    yield
    use_packaged_list()


@pytest.fixture
def publisher() -> Iterator[HTTPServer]:
    """Serves `DEARER` at `/data.json`, and 404 elsewhere."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/data.json"
            self.send_response(200 if found else 404)
            self.send_header("content-length", str(len(DEARER) if found else 0))
            self.end_headers()
            self.wfile.write(DEARER if found else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url(publisher: HTTPServer, path: str = "/data.json") -> str:
    return f"http://127.0.0.1:{publisher.server_port}{path}"


def update(url: str, path: Path) -> Update:
    return asyncio.run(update_prices(url, path, at=NOW, environ={}))


def kept(path: Path, content: bytes = DEARER, modified_s: float = LATER_S) -> Path:
    path.write_bytes(content)
    os.utime(path, (modified_s, modified_s))
    return path


def usd_in() -> float | None:
    price = find_price("openai", "gpt-4o", NOW)
    assert price is not None
    return price.usd_per_input_mtok


def test_the_list_is_kept_beside_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert price_file() == tmp_path / "headgate" / "prices.json"


def test_it_is_fetched_where_the_library_publishes_it():
    assert default_url().startswith("https://")
    assert default_url().endswith(".json")


def test_an_update_keeps_the_list_and_says_what_changed(publisher: HTTPServer, tmp_path: Path):
    path = tmp_path / "headgate" / "prices.json"
    done = update(url(publisher), path)
    assert path.read_bytes() == DEARER
    assert ("openai", "model-0") in done.added
    assert ("deepseek", "deepseek-chat") in done.removed
    before, now = next(pair for pair in done.changed if pair[0].id == "openai/gpt-4o")
    assert (before.input_usd_per_mtok, now.input_usd_per_mtok) == (2.5, 9.0)
    assert [each.name for each in path.parent.iterdir()] == ["prices.json"], "nothing half-written"


def test_a_list_that_cannot_be_fetched_leaves_the_kept_one(publisher: HTTPServer, tmp_path: Path):
    path = kept(tmp_path / "prices.json", b"before")
    with pytest.raises(UpstreamUnavailable, match="answered 404"):
        update(url(publisher, "/elsewhere"), path)
    assert path.read_bytes() == b"before"


def test_nobody_there_is_said_in_one_sentence(tmp_path: Path):
    with pytest.raises(UpstreamUnavailable, match="cannot be reached") as caught:
        update("http://127.0.0.1:9/data.json", tmp_path / "prices.json")
    assert caught.value.exit_code == 4


def test_a_folder_that_cannot_be_written_is_named(publisher: HTTPServer, tmp_path: Path):
    (tmp_path / "headgate").write_text("a file")
    with pytest.raises(HeadgateError, match="cannot write"):
        update(url(publisher), tmp_path / "headgate" / "prices.json")


def test_a_newer_list_is_used_at_the_start(tmp_path: Path):
    assert use_fetched_prices(kept(tmp_path / "prices.json")) == date(2100, 1, 2)
    assert usd_in() == 9.0


def test_a_list_older_than_the_installed_one_is_not_used(tmp_path: Path):
    assert use_fetched_prices(kept(tmp_path / "prices.json", modified_s=0)) is None
    assert usd_in() == 2.5


def test_no_list_is_nothing_to_speak_of(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    assert use_fetched_prices(tmp_path / "prices.json") is None
    assert caplog.messages == []


def test_a_broken_list_is_named_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = kept(tmp_path / "prices.json", b"{}")
    assert use_fetched_prices(path) is None
    assert usd_in() == 2.5
    assert str(path) in caplog.text


def test_a_broken_list_cannot_be_fetched(publisher: HTTPServer, tmp_path: Path):
    use_fetched_prices(kept(tmp_path / "kept.json"))
    publisher.RequestHandlerClass.do_GET = _nonsense  # type: ignore[attr-defined]
    with pytest.raises(UpstreamGarbled):
        update(url(publisher), tmp_path / "prices.json")
    assert not (tmp_path / "prices.json").exists()


def _nonsense(page: BaseHTTPRequestHandler) -> None:
    page.send_response(200)
    page.send_header("content-length", "2")
    page.end_headers()
    page.wfile.write(b"{}")
