"""What is found before a request is routed; what cannot be read counts as the worst."""

import asyncio
import json
import logging
import sys
import threading

import pytest

from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.core.plugins import load
from headgate.gateway import reading as module
from headgate.gateway.reading import (
    OVERLAP_CHARS,
    WINDOW_CHARS,
    Readers,
    Reading,
    ReadingTerms,
    has_foreign,
    read,
    warm,
)
from headgate.privacy.scan import Finding

TERMS = ReadingTerms(detect=frozenset({"email", "card"}))
dialects = {
    name: load("headgate.wire.dialects", name, "DIALECT")
    for name in ("openai_chat", "anthropic", "openai_responses")
}


def frozen() -> float:
    return 0.0


def inbound(body: bytes, **changes) -> Inbound:
    known = {"dialect": "d", "operation": "chat", "body": body, "fields": {}, "model": "m"}
    return Inbound(**(known | changes))


def said(text: str, **more) -> Inbound:
    return inbound(json.dumps({"messages": [{"role": "user", "content": text}], **more}).encode())


async def soon(asked: Inbound, terms: ReadingTerms) -> Reading:
    return await Readers().read(asked, terms, frozen)


def with_parts(*parts: object, dialect: str = "openai_chat") -> Inbound:
    member = "input" if dialect == "openai_responses" else "messages"
    body = {"model": "m", "max_tokens": 5, member: [{"role": "user", "content": list(parts)}]}
    return dialects[dialect].decode("chat", json.dumps(body).encode())


def test_findings_are_counted_by_label():
    got = read(said("a@example.com, b@example.com, 4111 1111 1111 1111"), TERMS, frozen)
    assert got.labels == {"email", "card"}
    assert got.counts == {"email": 2, "card": 1}
    assert [got.body.text[each.start : each.end] for each in got.found] == [
        "a@example.com",
        "b@example.com",
        "4111 1111 1111 1111",
    ]


def test_a_text_over_the_limit_is_unscanned():
    terms = ReadingTerms(detect=TERMS.detect, most_chars=100)
    got = read(said("x" * 200), terms, frozen)
    assert got.labels == {"unscanned"}
    assert got.problem == "it is longer than the 100 characters that are scanned"


def test_a_scan_that_takes_too_long_is_unscanned():
    seconds = iter([0.0, 3.0])
    got = read(said("a@example.com"), TERMS, lambda: next(seconds))
    assert got.labels == {"unscanned"}
    assert got.problem == "the scan took longer than 2 s"


def test_a_detector_that_fails_leaves_the_text_unscanned_and_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(text: str, wanted: frozenset[str]) -> list[Finding]:
        raise RuntimeError(f"cannot read {text}")

    monkeypatch.setattr(module, "findings", fail)
    with caplog.at_level(logging.DEBUG):
        got = read(said("a@example.com"), TERMS, frozen)
    assert got.labels == {"unscanned"}
    assert got.problem == "a detector failed (RuntimeError)"
    assert "example" not in caplog.text


@pytest.mark.parametrize("span", [(-1, 3), (3, 3), (0, 10_000)])
def test_a_detector_that_names_places_outside_leaves_the_text_unscanned(
    monkeypatch: pytest.MonkeyPatch, span: tuple[int, int]
):
    monkeypatch.setattr(module, "findings", lambda text, wanted: [Finding("email", *span)])
    got = read(said("a@example.com"), TERMS, frozen)
    assert got.labels == {"unscanned"}
    assert got.problem is not None


def test_findings_on_the_edges_of_windows_are_found_once():
    mail = " ann@example.com "
    for shift in (-30, -12, -5, 0, 1, OVERLAP_CHARS):
        text = ("-" * (WINDOW_CHARS + shift) + mail) * 3
        got = read(said(text), TERMS, frozen)
        assert got.counts["email"] == 3
        assert {got.body.text[each.start : each.end] for each in got.found} == {mail.strip()}


@pytest.mark.parametrize(
    ("dialect", "part"),
    [
        ("openai_chat", {"type": "image_url", "image_url": {"url": "https://x.org/a.png"}}),
        ("openai_chat", {"type": "input_audio", "input_audio": {"data": "aa", "format": "wav"}}),
        ("openai_chat", {"type": "file", "file": {"file_id": "f"}}),
        ("openai_chat", {"type": "hologram", "data": "aa"}),
        ("anthropic", {"type": "image", "source": {"type": "url", "url": "https://x.org/a"}}),
        (
            "anthropic",
            {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "hologram"}]},
        ),
        ("openai_responses", {"type": "input_image", "image_url": "https://x.org/a.png"}),
        ("openai_responses", {"type": "input_file", "file_id": "f"}),
    ],
)
def test_what_nobody_here_reads_is_an_attachment(dialect: str, part: object):
    got = read(with_parts(part, dialect=dialect), TERMS, frozen)
    assert got.labels == {"attachment"}


def test_long_encoded_text_is_an_attachment_and_long_prose_is_none():
    assert read(said("QUJD" * 600), TERMS, frozen).labels == {"attachment"}
    assert read(said("word " * 2000), TERMS, frozen).labels == frozenset()


@pytest.mark.parametrize(
    ("operation", "member", "value"),
    [
        ("embedding", "input", [15339, 1917]),
        ("embedding", "input", [[15339], [1917]]),
        ("completion", "prompt", [15339, 1917]),
    ],
)
def test_a_text_written_as_numbers_is_an_attachment(operation: str, member: str, value: object):
    body = json.dumps({"model": "m", member: value}).encode()
    asked = dialects["openai_chat"].decode(operation, body)
    assert read(asked, TERMS, frozen).labels == {"attachment"}
    assert read(with_parts({"type": "text", "text": "hello"}), TERMS, frozen).labels == set()


def test_a_part_that_does_not_say_what_it_is_is_an_attachment():
    assert read(with_parts({"pixels": "AAAA"}), TERMS, frozen).labels == {"attachment"}


@pytest.mark.parametrize("score", [float("nan"), -0.1, 1.1])
def test_a_score_that_is_none_leaves_the_text_unscanned(
    monkeypatch: pytest.MonkeyPatch, score: float
):
    finding = Finding("email", 0, 3, "", score)
    monkeypatch.setattr(module, "findings", lambda text, wanted: [finding])
    assert read(said("a@example.com"), TERMS, frozen).labels == {"unscanned"}


def test_a_detector_that_wants_to_end_the_process_does_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "findings", lambda text, wanted: sys.exit())
    assert read(said("a@example.com"), TERMS, frozen).labels == {"unscanned"}


def test_whole_numbers_that_are_written_as_fractions_are_found():
    body = b'{"messages":[{"content":"Hi"}],"x":4111111111111111.0,"y":4111111111111111.5}'
    got = read(inbound(body), TERMS, frozen)
    assert [got.body.text[each.start : each.end] for each in got.found] == ["4111111111111111"]


def test_a_detector_that_hangs_is_given_up_on_time(monkeypatch: pytest.MonkeyPatch):
    released = threading.Event()
    monkeypatch.setattr(module, "findings", lambda text, wanted: released.wait(10))
    terms = ReadingTerms(detect=TERMS.detect, most_s=0.01)
    long = said("a@example.com " * 10_000)
    try:
        got = asyncio.run(soon(long, terms))
    finally:
        released.set()
    assert got.labels == {"unscanned"}
    assert got.problem == "the scan took longer than 0.01 s"


def test_what_is_short_is_read_at_once_and_what_is_long_beside_the_loop():
    long = said("a@example.com " * 10_000)
    assert asyncio.run(soon(long, TERMS)).counts == {"email": 10_000}
    assert asyncio.run(soon(said("a@example.com"), TERMS)).counts == {"email": 1}


def test_detectors_of_others_are_told_apart():
    assert not has_foreign(frozenset({"email", "card"}))
    assert has_foreign(frozenset({"email", "somebody_else_s"}))


def test_what_a_scan_needs_can_be_had_before(monkeypatch: pytest.MonkeyPatch):
    scanned: list[str] = []
    monkeypatch.setattr(module, "findings", lambda text, wanted: scanned.append(text) or [])
    warm(TERMS)
    assert "@" in scanned[0]


def test_what_a_provider_has_sealed_itself_is_none():
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "QUJD" * 900}
    assert read(with_parts(thought, dialect="anthropic"), TERMS, frozen).labels == frozenset()
    beside = with_parts(thought, {"type": "text", "text": "QUJD" * 900}, dialect="anthropic")
    assert read(beside, TERMS, frozen).labels == {"attachment"}


def test_text_parts_are_none():
    assert read(with_parts({"type": "text", "text": "hello"}), TERMS, frozen).labels == frozenset()


def test_a_body_that_is_not_utf_8_is_refused():
    body = b'{"messages":[{"content":"\xff"}]}'
    with pytest.raises(InvalidRequest):
        read(inbound(body), TERMS, frozen)
