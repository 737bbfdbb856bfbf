"""Batches through the official SDK, the real server, own machines and providers."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types import Batch

from support.batch_provider import BatchProvider
from support.behaviours import OK, SERVER_ERROR
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

ENDPOINT = "/v1/chat/completions"
POLL = {"poll_s": 0.05}


def lines(*texts: str, model: str = "chat") -> bytes:
    """A file for a batch: one chat for each text."""
    return b"\n".join(
        json.dumps(
            {
                "custom_id": f"line {number}",
                "method": "POST",
                "url": ENDPOINT,
                "body": {"model": model, "messages": [{"role": "user", "content": text}]},
            }
        ).encode()
        for number, text in enumerate(texts)
    )


def begin(client: OpenAI, content: bytes, **more: Any) -> Batch:
    file = client.files.create(file=("in.jsonl", content), purpose="batch")
    return client.batches.create(
        input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", **more
    )


def ended(client: OpenAI, batch: Batch) -> Batch:
    """The batch once it is over."""
    for _ in range(2_000):
        batch = client.batches.retrieve(batch.id)
        if batch.status in {"completed", "failed", "expired", "cancelled"}:
            return batch
    raise AssertionError(f"still {batch.status}")


def results(client: OpenAI, file_id: str | None) -> dict[str, Any]:
    """Results by `custom_id`; each is there once."""
    if file_id is None:
        return {}
    found = [json.loads(line) for line in client.files.content(file_id).read().splitlines()]
    assert len({each["custom_id"] for each in found}) == len(found)
    return {each["custom_id"]: each for each in found}


@pytest.fixture
def provider() -> Iterator[BatchProvider]:
    with BatchProvider() as provider:
        yield provider


def config(provider: BatchProvider, local: Upstream | None = None) -> dict[str, Any]:
    targets: dict[str, Any] = {
        "gpt": {
            "backend": "openai",
            "base_url": f"{provider.root_url}/v1",
            "model": "gpt-4o-mini",
            "api_key": "${KEY}",
            "local": False,
        },
        "claude": {
            "backend": "anthropic",
            "base_url": provider.root_url,
            "model": "claude-haiku-4-5",
            "api_key": "${KEY}",
            "local": False,
        },
    }
    chat = ["gpt"]
    if local is not None:
        targets["box"] = {"backend": "vllm", "base_url": local.base_url, "model": "m"}
        chat = ["gpt", "box"]
    return {
        "targets": targets,
        "routes": {
            "chat": {"targets": chat, "privacy": {"detect": ["email"]}},
            "claude-only": {"targets": ["claude"]},
        },
        "batches": POLL,
    }


def served(folder: Path, settings: dict[str, Any]) -> HeadgateServer:
    return HeadgateServer(folder, settings, env={"KEY": "sk-secret"})


def test_lines_go_to_the_provider_at_half_price_and_come_back_once_each(
    tmp_path: Path, provider: BatchProvider
) -> None:
    with served(tmp_path, config(provider)) as server, server.client() as client:
        batch = ended(client, begin(client, lines("one", "two", "three")))
        assert (batch.status, batch.error_file_id) == ("completed", None)
        assert batch.request_counts is not None
        assert (batch.request_counts.total, batch.request_counts.completed) == (3, 3)
        found = results(client, batch.output_file_id)
        assert list(found) == ["line 0", "line 1", "line 2"]
        body = found["line 1"]["response"]["body"]
        assert body["choices"][0]["message"]["content"] == "echo: two"
        assert not provider.direct
        rows = server.ledger_rows(at_least=3)
        assert {(row["role"], row["outcome"]) for row in rows} == {("batch", "answered")}
        # gpt-4o-mini: $0.15 and $0.60 a million, half of it by batch.
        half = round((12 * 0.15 + 3 * 0.60) / 2 * 1e6)
        assert [row["cost_pico_usd"] for row in rows] == [half] * 3
        assert "sk-secret" not in server.said


def test_idle_time_of_an_own_machine_goes_first_and_is_no_ones_batch(
    tmp_path: Path, provider: BatchProvider
) -> None:
    with (
        Upstream(OK) as local,
        served(tmp_path, config(provider, local)) as server,
        server.client() as client,
    ):
        batch = ended(client, begin(client, lines("one", "two")))
        assert batch.status == "completed"
        assert len(local.requests) == 2
        assert not provider.batches
        assert {row["target"] for row in server.ledger_rows(at_least=2)} == {"box"}


def test_what_has_to_stay_local_never_gets_into_a_providers_batch(
    tmp_path: Path, provider: BatchProvider
) -> None:
    settings = config(provider)
    with served(tmp_path, settings) as server, server.client() as client:
        batch = ended(client, begin(client, lines("plain", "mail me: ann@example.com")))
        errors = results(client, batch.error_file_id)
        assert list(errors) == ["line 1"]
        assert errors["line 1"]["response"]["status_code"] == 503
        assert "email" in errors["line 1"]["response"]["body"]["error"]["message"]
        assert list(results(client, batch.output_file_id)) == ["line 0"]
        sent = json.dumps([*provider.lines.values(), *provider.direct])
        assert "ann@example.com" not in sent


def test_a_chat_is_translated_into_another_providers_batch_and_back(
    tmp_path: Path, provider: BatchProvider
) -> None:
    provider.forgets.add("two")
    with served(tmp_path, config(provider)) as server, server.client() as client:
        content = lines("one", "two", model="claude-only")
        batch = ended(client, begin(client, content))
        found = results(client, batch.output_file_id)
        texts = [
            each["response"]["body"]["choices"][0]["message"]["content"] for each in found.values()
        ]
        assert texts == ["echo: one", "echo: two"]
        # What the provider let expire was asked directly.
        assert [body["messages"][-1]["content"] for body in provider.direct] == ["two"]
        roles = {row["role"] for row in server.ledger_rows(at_least=2)}
        assert roles == {"batch", "serve"}


def test_a_line_that_is_refused_stands_in_the_file_of_errors(
    tmp_path: Path, provider: BatchProvider
) -> None:
    provider.refuses["bad"] = 400
    with served(tmp_path, config(provider)) as server, server.client() as client:
        batch = ended(client, begin(client, lines("good", "bad")))
        assert batch.request_counts is not None
        assert (batch.request_counts.completed, batch.request_counts.failed) == (1, 1)
        assert results(client, batch.error_file_id)["line 1"]["response"]["status_code"] == 400


def test_a_file_that_is_no_batch_is_refused_before_anything_is_sent(
    tmp_path: Path, provider: BatchProvider
) -> None:
    content = lines("fine") + b'\n{"custom_id":"line 0","url":"/v1/other","body":{}}\nnothing\n'
    with served(tmp_path, config(provider)) as server, server.client() as client:
        batch = ended(client, begin(client, content))
        assert batch.status == "failed"
        assert batch.errors is not None
        assert batch.errors.data is not None
        assert [problem.line for problem in batch.errors.data] == [2, 3]
        assert not provider.batches


def test_a_batch_is_taken_up_again_after_a_kill(tmp_path: Path, provider: BatchProvider) -> None:
    provider.at_once = False
    settings = config(provider)
    with served(tmp_path, settings) as server, server.client() as client:
        batch = begin(client, lines("one", "two"))
        provider.wait_batches(1)
        server.kill()
    provider.finish()
    with served(tmp_path, settings) as server, server.client() as client:
        batch = ended(client, batch)
        assert batch.status == "completed"
        assert len(results(client, batch.output_file_id)) == 2
        assert len(provider.batches) == 1, "it was not handed over twice"
        assert not provider.direct


def test_a_hand_over_whose_answer_was_lost_is_found_again(
    tmp_path: Path, provider: BatchProvider
) -> None:
    provider.fails_after_taking = True
    with served(tmp_path, config(provider)) as server, server.client() as client:
        batch = ended(client, begin(client, lines("one")))
        assert batch.status == "completed"
        assert (len(provider.batches), provider.direct) == (1, [])


def test_a_batch_can_be_cancelled(tmp_path: Path, provider: BatchProvider) -> None:
    provider.at_once = False
    with served(tmp_path, config(provider)) as server, server.client() as client:
        batch = begin(client, lines("one", "two"))
        provider.wait_batches(1)
        assert client.batches.cancel(batch.id).status == "cancelling"
        batch = ended(client, batch)
        assert batch.status == "cancelled"
        left = results(client, batch.error_file_id)
        assert {each["error"]["code"] for each in left.values()} == {"batch_cancelled"}
        assert provider.batches["batch_1"]["status"] == "cancelled"
        with pytest.raises(openai.BadRequestError, match="is cancelled already"):
            client.batches.cancel(batch.id)


def test_a_backend_that_fails_for_a_while_is_asked_again(
    tmp_path: Path, provider: BatchProvider
) -> None:
    with (
        Upstream(SERVER_ERROR, SERVER_ERROR, SERVER_ERROR, OK) as local,
        served(tmp_path, config(provider, local)) as server,
        server.client() as client,
    ):
        batch = ended(client, begin(client, lines("mail ann@example.com")))
        assert batch.status == "completed"
        assert len(results(client, batch.output_file_id)) == 1


def test_a_key_sees_its_own_batches_only(tmp_path: Path, provider: BatchProvider) -> None:
    settings = config(provider)
    # sha256 of "alice" and "bob".
    settings["server"] = {
        "keys": [
            {"name": name, "hash": f"sha256:{digest}"}
            for name, digest in (
                ("alice", "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90"),
                ("bob", "81b637d8fcd2c6da6359e6963113a1170de795e4b725b84d1e0b4cfd9ec58ce9"),
            )
        ]
    }
    with (
        served(tmp_path, settings) as server,
        server.client(key="alice") as alice,
        server.client(key="bob") as bob,
    ):
        batch = ended(alice, begin(alice, lines("one")))
        assert [each.id for each in alice.batches.list()] == [batch.id]
        assert not list(bob.batches.list())
        assert batch.output_file_id is not None
        for call in (
            lambda: bob.batches.retrieve(batch.id),
            lambda: bob.files.content(batch.output_file_id or ""),
            lambda: bob.batches.create(
                input_file_id=batch.input_file_id, endpoint=ENDPOINT, completion_window="24h"
            ),
        ):
            with pytest.raises(openai.NotFoundError):
                call()


def test_no_more_lines_are_handed_over_than_a_budget_has_left_for(
    tmp_path: Path, provider: BatchProvider
) -> None:
    """A line is expected to cost about 0.0003 dollars, and kept for at the usual price."""
    budget = {"usd": 0.001, "per": "day"}
    settings = {**config(provider), "budgets": {"small": budget}}
    with served(tmp_path, settings) as server, server.client() as client:
        batch = ended(client, begin(client, lines(*"abcdefgh")))
        assert batch.request_counts is not None
        handed_over = batch.request_counts.completed
        assert 0 < handed_over < 5
        failed = results(client, batch.error_file_id)
        assert len(failed) == 8 - handed_over
        assert {each["response"]["body"]["error"]["code"] for each in failed.values()} == {
            "insufficient_quota"
        }
        rows = server.ledger_rows(at_least=handed_over, where={"role": "batch"})
    spent = sum(row["cost_pico_usd"] for row in rows)
    with closing(sqlite3.connect(server.ledger)) as connection:
        found = connection.execute("SELECT granted_pico, spent_pico FROM budget_leases").fetchall()
    # Nothing is kept any more, and what was answered is counted as the ledger has it.
    assert found == [(spent, spent)]
