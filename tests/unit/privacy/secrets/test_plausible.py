"""What a machine drew is told from words, names and placeholders."""

import random
import string

import pytest

from headgate.privacy.secrets.plausible import (
    entropy,
    is_placeholder,
    is_uuid,
    looks_drawn,
    looks_like_a_password,
    looks_random,
)

ALPHABETS = {
    "letters and digits": string.ascii_letters + string.digits,
    "small letters and digits": string.ascii_lowercase + string.digits,
    "base64": string.ascii_letters + string.digits + "+/",
    "hexadecimal": "0123456789abcdef",
}


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
@pytest.mark.parametrize("length", [24, 32, 40, 64])
def test_nearly_all_that_is_drawn_looks_random(alphabet, length):
    generator = random.Random(length)
    drawn = ["".join(generator.choices(alphabet, k=length)) for _ in range(500)]
    assert sum(map(looks_random, drawn)) >= 490
    assert sum(map(looks_drawn, drawn)) >= 495


@pytest.mark.parametrize(
    "value",
    [
        "AsyncCredentialsWithStreamingResponse",
        "HTTPBasicAuthHandler",
        "next_page_token_2024",
        "config.providers.openai.v1",
        "application/x-www-form-urlencoded",
        "1234567890123456",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnop1234",
        "sk-folding-cube-wrapper-large",
        "eu-west-1-production-cluster-02",
    ],
)
def test_names_and_runs_do_not_look_random(value):
    assert not looks_random(value)


@pytest.mark.parametrize(
    "value",
    [
        *("<token>", "${TOKEN}", "{{ token }}", "$TOKEN", "%(password)s", "%s", "xxxxxxxx", "***"),
        *("your-api-key", "YOUR_API_KEY_HERE", "changeme", "my-secret-token", "password123"),
        *("REDACTED", "sk-...", "AKIAIOSFODNN7EXAMPLE", "to be determined", "none", "[hidden]"),
    ],
)
def test_what_stands_for_a_secret_is_a_placeholder(value):
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["Tr0ub4dor&3", "kX9-vb2pQ", "correcthorse9", "9f8a7b6c5d"])
def test_passwords_are_no_placeholders(value):
    assert not is_placeholder(value)
    assert looks_like_a_password(value)


@pytest.mark.parametrize("value", ["short", "password", "aaaaaa1", "required", "user_name"])
def test_words_are_no_passwords(value):
    assert not looks_like_a_password(value)


def test_a_uuid_is_one():
    assert is_uuid("550e8400-e29b-41d4-a716-446655440000")
    assert not is_uuid("550e8400e29b41d4a716446655440000")


def test_entropy_is_bits_for_each_character():
    assert entropy("aaaa") == 0
    assert entropy("abcdefgh") == 3


@pytest.mark.parametrize(
    "value", ["hOhwfye9KJyCgi7zXDyI6xf6QXxxXLyAVoJH", "YourI29yY43bJcyrGGlcxp1aSh"]
)
def test_letters_that_only_happen_to_stand_together_make_no_placeholder(value: str) -> None:
    assert not is_placeholder(value)
    assert is_placeholder("xxxx" + value)
    assert is_placeholder("your-" + value)
    assert is_placeholder("YourTokenHere" + value)
