"""Thoughts of other providers' models, on their way through clients of this API."""

import json
from typing import Any

import pytest
from msgspec import Raw

from headgate.wire.dialects.openai_responses import DIALECT
from headgate.wire.responses.foreign import (
    ID_PREFIX,
    marked,
    secret_in,
    without_foreign_thoughts,
)

OWN = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAA"}
SIGNED = {"type": "reasoning", "summary": [], "encrypted_content": marked("signature", "c2ln")}
PLAIN = {"type": "reasoning", "id": f"{ID_PREFIX}1_0", "summary": []}
SAID = {"role": "user", "content": f'What is "{marked("sealed", "x")}" and {ID_PREFIX}1?'}


def relayed(given: Any) -> Any:
    body = json.dumps({"model": "m", "input": given, "x": 1.50}).encode()
    inbound = DIALECT.decode("chat", body)
    return json.loads(DIALECT.relay(inbound, changes={}, drop=frozenset()))["input"]


@pytest.mark.parametrize("kind", ["signature", "sealed"])
def test_a_secret_comes_back_as_it_was(kind):
    assert secret_in(marked(kind, "a:b==")) == (kind, "a:b==")
    assert secret_in("gAAAA") is None
    assert secret_in("") is None


def test_they_never_reach_openai():
    assert relayed([SAID, OWN, SIGNED, PLAIN, SAID]) == [SAID, OWN, SAID]


def test_a_request_without_them_keeps_its_bytes():
    for given in (b'[{"role":"user", "content":"Hi"}]', json.dumps(SAID["content"]).encode()):
        fields = {"input": Raw(given)}
        assert without_foreign_thoughts(fields) is fields
    assert without_foreign_thoughts({}) == {}
    odd = [SAID, OWN, {"type": "brand_new", "id": 7, "encrypted_content": {}}]
    assert relayed(odd) == odd
