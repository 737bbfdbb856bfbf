import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.inbound import Inbound
from headgate.estimate.tokens import (
    TOKENS_PER_MEDIUM,
    USUAL_OUTPUT_TOKENS,
    expected_output_tokens,
    input_tokens,
    tokens_of_length,
)

# Counted with o200k_base (GPT-4o) and cl100k_base (GPT-4), 2026-11.
ENGLISH = (
    "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes "
    "muffins for her friends every day with four. She sells the remainder at the farmers' market "
    "daily for $2 per fresh duck egg. How much in dollars does she make every day at the market?"
)


def inbound(body: bytes, *needs: str) -> Inbound:
    return Inbound(
        dialect="openai_chat",
        operation="chat",
        body=body,
        fields={},
        model="m",
        needs=frozenset(needs),
    )


def chat(content: object) -> bytes:
    return msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": content}]})


def test_english_is_four_characters_a_token():
    assert 60 <= tokens_of_length(len(ENGLISH)) <= 75


@pytest.mark.parametrize(("length", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2), (4000, 1000)])
def test_a_started_token_counts(length, tokens):
    assert tokens_of_length(length) == tokens


def test_chinese_is_nearer_one_token_a_character():
    text = "人工智能近年来取得了巨大进步" * 100
    assert 0.6 * len(text) <= input_tokens(inbound(chat(text))) <= 1.1 * len(text)


def test_escaped_chinese_is_estimated_as_written_out():
    import json

    text = "人工智能近年来取得了巨大进步" * 100
    escaped = json.dumps({"messages": [{"role": "user", "content": text}]}).encode()
    plain = input_tokens(inbound(chat(text)))
    assert abs(input_tokens(inbound(escaped)) - plain) < 0.05 * plain


@pytest.mark.parametrize(
    ("need", "part"),
    [
        ("vision", {"type": "image_url", "image_url": {"url": "data:image/png;base64,{}"}}),
        ("file", {"type": "file", "file": {"file_data": "data:application/pdf;base64,{}"}}),
        ("audio", {"type": "input_audio", "input_audio": {"data": "{}", "format": "wav"}}),
    ],
)
def test_an_encoded_medium_costs_the_same_at_any_size(need, part):
    def estimate(size: int) -> int:
        encoded = base64.b64encode(bytes(size)).decode()
        body = msgspec.json.encode(part).replace(b"{}", encoded.encode())
        return input_tokens(inbound(b'{"messages":[{"content":[' + body + b"]}]}", need))

    assert estimate(1_000) == estimate(1_000_000)
    assert TOKENS_PER_MEDIUM <= estimate(1_000) <= TOKENS_PER_MEDIUM + 50


def test_each_medium_counts():
    url = "data:image/png;base64," + "A" * 1000
    parts = [{"type": "image_url", "image_url": {"url": url}}] * 3
    assert input_tokens(inbound(chat(parts), "vision")) >= 3 * TOKENS_PER_MEDIUM


def test_a_medium_behind_a_link_counts_too():
    body = chat([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}])
    assert input_tokens(inbound(body, "vision")) >= TOKENS_PER_MEDIUM


def test_words_about_base64_are_text():
    text = 'say ";base64," and "data" ' * 200
    plain = input_tokens(inbound(chat(text)))
    with_image = input_tokens(inbound(chat(text), "vision"))
    assert with_image == plain + TOKENS_PER_MEDIUM


@given(st.binary(max_size=300), st.sampled_from(["vision", "tools"]))
def test_any_body_has_an_estimate(body, need):
    assert input_tokens(inbound(body, need)) >= 0


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (None, USUAL_OUTPUT_TOKENS),
        (1, 1),
        (100, 100),
        (512, 512),
        (2048, 512),
        (8192, 2048),
        (100_000, 25_000),
    ],
)
def test_a_bound_is_never_exceeded_and_rarely_reached(bound, expected):
    assert expected_output_tokens("chat", bound) == expected


def test_embeddings_have_no_output():
    assert expected_output_tokens("embedding", None) == 0
