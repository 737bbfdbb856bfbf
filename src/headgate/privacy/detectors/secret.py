"""Keys, tokens and passwords: by the form of a vendor's, or by the name they are given."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.secrets.find import finder
from headgate.privacy.text import Text


def _find(text: Text) -> Iterator[Hit]:
    return finder().find(text.value)


# Taken apart, so that those who scan this file find nothing.
_DIGITS_AND_LETTERS = "3kT9xQ2mZ7pL4vB8nR6wY1cD5"

DETECTOR = Detector(
    name="secret",
    find=_find,
    examples=(
        "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
        "AKIA" + "Q3EGTPLKJ7N2WXYZ",
        "sk-proj-" + _DIGITS_AND_LETTERS,
        "use sk-ant-api03-" + _DIGITS_AND_LETTERS * 4 + " please",
        "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA" + _DIGITS_AND_LETTERS * 3 + "\n"
        "-----END RSA PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + _DIGITS_AND_LETTERS,
        "postgres://app:" + "v3ryS3cret!@db.internal:5432/app",
        'password = "' + 'Tr0ub4dor&3"',
        "DB_PASSWORD=" + "kX9-vb2pQ",
        "my password is " + "hunter2!x",
        '{"api_key": "' + _DIGITS_AND_LETTERS + '"}',
        "Authorization: Bearer " + _DIGITS_AND_LETTERS,
        "Authorization: Basic " + "YWxpY2U6czNjcjN0LXBhc3M=",
        "DISCORD_CLIENT_ID=" + "314694018553016469",
        "AWS_SECRET_ACCESS_KEY=" + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzKEYK7p2",
        "curl -u alice:" + "s3cr3t-9x https://example.com",
        "kind: Secret\ndata:\n  token: " + "c2VjcmV0LXZhbHVl\n",
        "\uff47\uff48\uff50_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    ),
    counter_examples=(
        "ghp_<your token>",
        "password = getpass.getpass(prompt)",
        'password = "your-password"',
        "token = next_token(stream)",
        "API_KEY=${API_KEY}",
        'api_key="YOUR_API_KEY_HERE"',
        "https://user:password@example.com/",
        "http://localhost:8080/a@b",
        "key=lambda item: item[1]",
        "the tokenizer is a token_type_ids thing",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "550e8400-e29b-41d4-a716-446655440000",
        '<div class="sk-folding-cube-wrapper-large">',
        "Basic authentication and Bearer authentication",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "password: str | None = None",
        'primary_key="a8f5f167f44f4964e6c998dee827110c"',
    ),
    certainty="secret",
)
