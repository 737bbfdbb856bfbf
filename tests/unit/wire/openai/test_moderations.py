"""Moderations: read as far as routing needs, and never touched."""

from typing import Any

import msgspec
import pytest

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import Answer
from headgate.wire.openai.moderations import account_of_moderation, decode_moderation

PICTURE = {"type": "image_url", "image_url": {"url": "https://images.example/a.png"}}


def read(**fields: Any) -> Inbound:
    return decode_moderation("openai_chat", msgspec.json.encode(fields))


@pytest.mark.parametrize("given", ["a", ["a", "b"], [{"type": "text", "text": "a"}, PICTURE]])
def test_anything_may_be_judged(given):
    inbound = read(input=given, model="omni-moderation-latest", x=1)
    assert (inbound.operation, inbound.model) == ("moderation", "omni-moderation-latest")
    assert msgspec.json.decode(inbound.fields["input"]) == given
    assert "x" in inbound.fields


def test_without_a_model_it_goes_where_anything_may_go():
    inbound = read(input="a")
    assert inbound.model == "auto"
    assert "model" not in inbound.fields


@pytest.mark.parametrize("fields", [{}, {"input": ""}, {"input": []}, {"input": 7}])
def test_something_must_be_judged(fields):
    with pytest.raises(InvalidRequest) as caught:
        read(**fields)
    assert caught.value.param == "input"


def test_the_ledger_learns_the_model_and_no_usage():
    body = b'{"id":"modr-1","model":"omni","results":[{"flagged":true}]}'
    assert account_of_moderation(body) == Answer(model="omni")
    with pytest.raises(UpstreamGarbled):
        account_of_moderation(b'{"error":{"message":"no"}}')
