"""A provider that keeps the conversation may speak of what only an earlier request held."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.answers import Answer
from support.behaviours import Behaviour
from support.headgate_server import HeadgateServer
from support.reply import Reply
from support.upstream import Upstream

MAIL = "ada.lovelace@example.com"
NAME = re.compile(r"EMAIL_\w{9}")


class Keeper:
    """A provider that remembers the names it was told, and says the last."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def respond(self, reply: Reply) -> None:
        self.heard += NAME.findall(str(reply.asked.body))
        said = f"It was {self.heard[-1]}." if self.heard else "It was nobody."
        await reply.whole(200, reply.shape.body(reply.asked, Answer(pieces=(said,))))


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def provider(keeper: Keeper) -> Iterator[Upstream]:
    with Upstream(Behaviour("keeps", keeper.respond)) as upstream:
        yield upstream


def served(folder: Path, provider: Upstream, **vault: object) -> HeadgateServer:
    target = {
        "backend": "openai_responses",
        "base_url": provider.base_url,
        "model": "m",
        "api_key": "${OPENAI_API_KEY}",
        "local": False,
    }
    route = {"targets": ["hosted"], "privacy": {"actions": {"email": "mask"}}}
    kept = {"path": str(folder / "vault.sqlite3"), **vault}
    config = {"targets": {"hosted": target}, "routes": {"chat": route}, "vault": kept}
    return HeadgateServer(folder, config, env={"OPENAI_API_KEY": "not-a-real-key"})


def ask(server: HeadgateServer, text: str, previous: str | None = None) -> tuple[str, str]:
    with server.client() as client:
        more = {} if previous is None else {"previous_response_id": previous}
        answer = client.responses.create(model="chat", input=text, **more)
    return answer.id, answer.output_text


def test_a_later_request_hears_the_value_also_after_a_restart(
    tmp_path: Path, provider: Upstream, keeper: Keeper
) -> None:
    with served(tmp_path, provider, store="disk") as server:
        first, said = ask(server, f"Write to {MAIL}")
        assert said == f"It was {MAIL}."
        assert ask(server, "Whom?", first)[1] == f"It was {MAIL}."
    with served(tmp_path, provider, store="disk") as server:
        assert ask(server, "Whom?", first)[1] == f"It was {MAIL}."
    assert len(set(keeper.heard)) == 1
    files = [tmp_path / name for name in ("vault.sqlite3", "vault.sqlite3-wal")]
    assert all(MAIL.encode() not in file.read_bytes() for file in files if file.exists())
    with sqlite3.connect(tmp_path / "vault.sqlite3") as vault:
        assert vault.execute("SELECT count(*) FROM vault").fetchone() == (1,)
    vault.close()


def test_in_memory_it_is_forgotten_with_the_process(
    tmp_path: Path, provider: Upstream, keeper: Keeper
) -> None:
    with served(tmp_path, provider) as server:
        first, _ = ask(server, f"Write to {MAIL}")
        assert ask(server, "Whom?", first)[1] == f"It was {MAIL}."
    with served(tmp_path, provider) as server:
        assert ask(server, "Whom?", first)[1] == f"It was {keeper.heard[-1]}."
    assert not (tmp_path / "vault.sqlite3").exists()
