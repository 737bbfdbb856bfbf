"""Placeholders in whole replies."""

import json

import pytest

from headgate.privacy.bodies import WholeTexts
from headgate.privacy.pseudonyms import Pseudonyms

KEY = b"0123456789abcdef"
NAMES = Pseudonyms(KEY)
ADA = NAMES.name_of("email", 'ada"@x.io')
CARD = NAMES.name_of("card", "4111", "number")
QUOTED = NAMES.name_of("person", 'A \\"Q\\"', "json")


def back(value: object) -> object:
    return json.loads(WholeTexts(NAMES).body(json.dumps(value).encode()))


@pytest.mark.parametrize(
    "body", [b'{"a_b": 1.10}', b"no_json", b'{"a": "EMAIL_7K3QX9RBD"}', b"{}", b'{"x_": '], ids=repr
)
def test_a_body_without_a_live_placeholder_keeps_its_bytes(body):
    assert WholeTexts(NAMES).body(body) is body


def test_texts_and_keys_are_restored_and_numbers_keep_their_digits():
    body = f'{{"{ADA}": ["{ADA}", 1.10, 12345678901234567890123, 1e400]}}'.encode()
    restored = WholeTexts(NAMES).body(body)
    assert restored == b'{"ada\\"@x.io":["ada\\"@x.io",1.10,12345678901234567890123,1e400]}'


def test_an_underscore_may_be_an_escape():
    body = json.dumps({"a": ADA}).replace("_", "\\u005f").encode()
    assert json.loads(WholeTexts(NAMES).body(body)) == {"a": 'ada"@x.io'}


def test_the_arguments_of_a_call_are_json_text():
    (call,) = back([{"arguments": json.dumps({"to": ADA, "n": CARD, "who": QUOTED})}])  # type: ignore[misc]
    said = call["arguments"].replace('"4111"', "4111")
    assert json.loads(said) == {"to": 'ada"@x.io', "n": 4111, "who": 'A "Q"'}


@pytest.mark.parametrize("member", ["arguments", "args", "input"])
def test_the_leaves_of_a_call_are_what_they_say(member):
    said = {member: {"to": [ADA], "n": CARD, "deep": {"who": QUOTED}}}
    meant = {member: {"to": ['ada"@x.io'], "n": 4111, "deep": {"who": 'A "Q"'}}}
    assert back(said) == meant


def test_an_answer_that_was_to_be_json_is_json():
    said = json.dumps({"to": ADA})
    whole = WholeTexts(NAMES, is_json_asked=True)
    assert json.loads(whole.value({"text": said})["text"]) == {"to": 'ada"@x.io'}
    assert whole.value({"text": f"to {ADA}"}) == {"text": 'to ada"@x.io'}


def test_what_is_not_restored_is_counted():
    whole = WholeTexts(NAMES)
    whole.body(json.dumps({"a_": [ADA, ADA.replace("_", " "), ADA[:3] + "x"]}).encode())
    assert whole.unrestored == 1
