"""Thoughts without a proof are known again, and nothing else is touched."""

from headgate.core.chat import Thought
from headgate.core.inbound import Inbound
from headgate.wire.anthropic.unsigned import UNSIGNED, signature_of, signed, without_unsigned
from headgate.wire.members import split

THOUGHT = f'{{"type":"thinking","thinking":"Hm.","signature":"{UNSIGNED}"}}'


def asked(body: str) -> Inbound:
    wire = body.encode()
    return Inbound(dialect="anthropic", operation="chat", body=wire, fields=split(wire), model="m")


def changed(messages: str) -> str | None:
    changes = without_unsigned(asked(f'{{"model":"m","messages":{messages}}}'))
    assert changes.keys() <= {"messages"}
    return bytes(changes["messages"]).decode() if changes else None


def test_a_signature_is_kept_and_the_lack_of_one_is_marked() -> None:
    assert signed(Thought("a", "s+/=")) == signature_of("s+/=") == "s+/="
    assert signed(Thought("a")) == UNSIGNED
    assert signature_of(UNSIGNED) is signature_of("") is signature_of(None) is None


def test_unsigned_thoughts_are_left_out_and_the_rest_keeps_its_bytes() -> None:
    text = '{"type": "text", "text": "\\u00fc",  "x": 1.50}'
    own = '{"type":"thinking","thinking":"Hm.","signature":"s+/="}'
    user = '{"role": "user",  "content": "Hi"}'
    given = f'[{user},{{"role":"assistant","content":[{THOUGHT},{own},{text}]}}]'
    assert changed(given) == f'[{user},{{"role":"assistant","content":[{own},{text}]}}]'


def test_a_message_of_nothing_else_goes_whole() -> None:
    assert changed(f'[{{"role":"assistant","content":[{THOUGHT}]}},{{"role":"user"}}]') == (
        '[{"role":"user"}]'
    )


def test_messages_without_any_are_not_looked_into() -> None:
    assert changed('[{"role":"user","content":7}]') is None
    assert without_unsigned(asked(f'{{"model":"{UNSIGNED}"}}')) == {}


def test_words_that_hold_the_mark_are_words() -> None:
    for content in (
        f'"{UNSIGNED}"',
        f'[{{"type":"text","text":"{UNSIGNED}"}}]',
        f'[{{"type":"thinking","signature":["{UNSIGNED}"]}}]',
    ):
        given = f'[{{"role":"user","content":{content}}}]'
        assert changed(given) == given
