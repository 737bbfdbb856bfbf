"""What a target gets of a request in which values are masked."""

import json
from typing import Any

import pytest

from headgate.core.errors import InvalidRequest
from headgate.core.plugins import load
from headgate.gateway.masking import Masks
from headgate.gateway.reading import ReadingTerms, read
from headgate.policy.decision import Action
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.scan import findings

EMAIL, CARD = "ada@example.com", "4111111111111111"
DETECT = frozenset({"email", "card", "person"})
MASK: dict[str, Action] = {"email": "mask", "card": "mask"}
DIALECT = load("headgate.wire.dialects", "openai_chat", "DIALECT")


def masks(body: bytes) -> Masks:
    inbound = DIALECT.decode("chat", body)
    reading = read(inbound, ReadingTerms(detect=DETECT), lambda: 0.0)
    return Masks(inbound=inbound, dialect=DIALECT, reading=reading, names=Pseudonyms(b"k" * 32))


def chat(content: Any, **more: Any) -> bytes:
    messages = [{"role": "user", "content": content}]
    return json.dumps({"model": "m", "messages": messages, **more}).encode()


def test_a_request_is_masked_once_for_all_who_get_the_same() -> None:
    asked = masks(chat(f"Write to {EMAIL}"))
    masked = asked.of(MASK)
    assert asked.of(dict(MASK)) is masked
    assert asked.of({"email": "redact"}) is not masked
    assert EMAIL.encode() not in masked.inbound.body
    assert masked.inbound.message_count == 1
    assert masked.in_words() == "masked 1 `email`"
    assert asked.of({"email": "redact"}).in_words() == "redacted 1 `email`"
    assert EMAIL not in repr(asked.of(MASK).masking) + repr(asked.names)


def test_labels_that_are_not_to_be_changed_stay() -> None:
    masked = masks(chat(f"{EMAIL} {CARD}")).of({"card": "mask"})
    assert EMAIL.encode() in masked.inbound.body
    assert CARD.encode() not in masked.inbound.body


def test_answers_get_the_values_back() -> None:
    asked = masks(chat(f"Write to {EMAIL}"))
    assert asked.restorer(is_relayed=True) is None
    said = json.loads(asked.of(MASK).inbound.body)["messages"][0]["content"]
    restorer = asked.restorer(is_relayed=True)
    assert restorer is not None
    answer = restorer.body(json.dumps({"choices": [{"message": {"content": said}}]}).encode())
    assert json.loads(answer)["choices"][0]["message"]["content"] == f"Write to {EMAIL}"


def test_a_text_that_goes_with_it_has_the_same_names() -> None:
    asked = masks(chat(EMAIL))
    name = json.loads(asked.of(MASK).inbound.body)["messages"][0]["content"]
    text = f"I wrote to {EMAIL}"
    found = findings(text, frozenset({"email"}))
    assert asked.text(text, found, MASK) == f"I wrote to {name}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"m","messages":[{"role":"user","content":"ada@example.com"}],"x":{"a":tru}}',
        b'{"model":"m","messages":[{"role":"user","content":"ada@example.com"}],"x":"',
    ],
)
def test_what_is_no_json_where_nobody_has_read_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        masks(body).of(MASK)


@pytest.mark.parametrize(
    "more",
    [
        {"seed": int(CARD)},
        {"x": {"signature": "QUJD" * 20 + "/" + CARD + "/" + "QUJD" * 20}},
        {"x": float(CARD)},
    ],
    ids=["setting", "sealed", "fraction"],
)
def test_what_cannot_be_changed_is_refused(more: dict[str, Any]) -> None:
    asked = masks(chat("Hello", **more))
    assert asked.reading.found
    with pytest.raises(InvalidRequest, match="`card` stands where it cannot be masked"):
        asked.of(MASK)


def test_the_first_of_two_members_is_not_hidden_by_the_second() -> None:
    first = b'{"model":"m","messages":[{"role":"user","content":"ada@example.com"}],'
    second = b'"messages":[{"role":"user","content":"Hello"}]}'
    with pytest.raises(InvalidRequest, match="`email` stands where"):
        masks(first + second).of(MASK)


def test_a_model_is_asked_for_by_its_name_whatever_that_is_like() -> None:
    body = chat("Hello, Claude Johnson").replace(b'"m"', b'"Claude Johnson"')
    masked = masks(body).of({"person": "mask"})
    assert masked.inbound.model == "Claude Johnson"
    assert json.loads(masked.inbound.body)["model"] == "Claude Johnson"
    assert b"Hello, PERSON_" in masked.inbound.body


def test_an_identifier_in_the_name_of_a_model_is_refused() -> None:
    body = chat("Hello").replace(b'"m"', b'"gpt-ada@example.com"')
    with pytest.raises(InvalidRequest, match="`email` stands where it cannot be masked"):
        masks(body).of(MASK)
