"""All rules together: forms, overlaps, both gates, and time."""

import random
import string
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.gate import plain_gate
from headgate.privacy.secrets.find import Finder, finder, keywords

DRAWN = "3kT9xQ2mZ7pL4vB8nR6wY1cD5"
PLAIN = Finder(plain_gate(tuple(keywords())), finder().rules, finder().guesses)
FORMS = {
    "aws-access-token": ("AKIA", string.ascii_uppercase + "234567", 16),
    "github-pat": ("ghp_", string.ascii_letters + string.digits, 36),
    "gitlab-pat": ("glpat-", string.ascii_letters + string.digits + "-_", 20),
    "gcp-api-key": ("AIza", string.ascii_letters + string.digits + "-_", 35),
    "stripe-access-token": ("sk_live_", string.ascii_letters + string.digits, 24),
    "anthropic-api-key": ("sk-ant-api03-", string.ascii_letters + string.digits + "-_", 95),
    "openrouter-api-key": ("sk-or-v1-", "0123456789abcdef", 64),
    "digitalocean-pat": ("dop_v1_", "0123456789abcdef", 64),
    "npm-access-token": ("npm_", string.ascii_letters + string.digits, 36),
    "discord-client-id": ("discord_client_id=", string.digits, 18),
    "twilio-auth-token": ("TWILIO_AUTH_TOKEN: ", "0123456789abcdef", 32),
}
AROUND = ["{}", "a {} b", '"{}"', "x={};", "\\n{}\\n", "({})", "`{}`", "key:\t{}\r\n", "é{}電"]
parts = st.sampled_from(
    [*keywords(), "=", ": ", '"', "'", " ", "\n", "a1B2", DRAWN, "A" * 20, "0" * 16, "é", "@x.y"]
)


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("around", AROUND)
def test_a_form_is_found_whatever_stands_around(kind, around):
    lead, alphabet, length = FORMS[kind]
    generator = random.Random(kind + around)
    for _ in range(20):
        value = "".join(generator.choices(alphabet, k=length))
        text = around.format(lead + value)
        hits = list(finder().find(text))
        place = text.index(value)
        assert any(hit.start <= place and place + length <= hit.end for hit in hits), text


@given(st.lists(parts, max_size=12))
def test_both_gates_lead_to_the_same_secrets(pieces):
    text = "".join(pieces)
    assert list(PLAIN.find(text)) == list(finder().find(text))


@given(st.lists(parts, max_size=12))
def test_hits_come_in_order_and_apart(pieces):
    hits = list(finder().find("".join(pieces)))
    assert all(one.end <= next_.start for one, next_ in pairwise(hits))
    assert all(hit.kind for hit in hits)


def test_of_overlapping_rules_the_surest_names_the_kind_and_the_widest_the_place():
    text = f'{{"api_key": "sk-ant-api03-{DRAWN * 4}"}}'
    (hit,) = finder().find(text)
    assert hit.kind == "anthropic-api-key"
    assert text[hit.start : hit.end] == f"sk-ant-api03-{DRAWN * 4}"


def test_a_longer_token_than_was_known_is_covered_to_its_end():
    text = "ghp_" + "a1B2" * 12
    (hit,) = finder().find(text)
    assert (hit.start, hit.end) == (0, len(text))


ADVERSARIAL = [
    *("key=", "password=", "api_key: ", 'token="a1b2C3 ', "secretaccesskeyx9Z=", "discord = = "),
    *("eyJ", "eyJaaaaaaaaaaaaaaaa.", "://a:b", "sk-", "xox", "A" * 22, "azdo", "q~", "ghp_"),
    *("-----BEGIN PRIVATE KEY---- ", "PuTTY-User-Key-File-2: x\n", "MIIaaaIBA", "ops_eyJ"),
    *("kind: secret data:", "curl -u a:b", "bearer ", "basic aaaa", "-H Authorization: "),
    *("rapidapi is ", "https://a.webhook.office.com", "LS0tLS1CRUdJTiB", "twitter=AAAAAAAAAAA"),
]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_time_stays_in_proportion_to_the_text(piece):
    """Backtracking without bound takes minutes here, and what is quadratic many seconds."""
    text = piece * (40_000 // len(piece))
    before = process_time()
    list(finder().find(text))
    assert process_time() - before < 2
