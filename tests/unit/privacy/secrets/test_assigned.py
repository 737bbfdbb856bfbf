"""A name of secrets, what assigns, and a value that could be one."""

import pytest

from headgate.privacy.secrets.find import finder

DRAWN = "3kT9xQ2mZ7pL4vB8nR6wY1cD5"
CHOSEN = "Tr0ub4dor&3"


def found(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in finder().find(text)]


@pytest.mark.parametrize(
    "form",
    [
        'api_key = "{}"',
        "API_KEY={}",
        "export ACME_TOKEN={}\n",
        '{{"access_token": "{}"}}',
        '{{\\"secret\\": \\"{}\\"}}',
        "client-secret: {}",
        'auth => "{}"',
        "setToken('{}')",
        '("token", "{}")',
        "my api key is {}, please check",
        "config['secret_key'] = '{}'",
        "<apiKey>{}</apiKey>",
        "https://example.com/?token={}&page=1",
    ],
)
def test_keys_are_found_in_any_form(form):
    assert found(form.format(DRAWN)) == [DRAWN]


@pytest.mark.parametrize(
    "form",
    [
        'password = "{}"',
        "DB_PASSWORD={}\n",
        "password: {}",
        "my password is {}",
        '{{"passwd":"{}"}}',
        "Server=db;User=app;Pwd={};",
        "<password>{}</password>",
        'setPassword("{}")',
    ],
)
def test_passwords_are_found_in_any_form(form):
    assert found(form.format(CHOSEN)) == [CHOSEN]


@pytest.mark.parametrize(
    "text",
    [
        f"public_key = {DRAWN}",
        f"next_page_token={DRAWN}",
        f"idempotency-key: {DRAWN}",
        f"token_type={DRAWN}",
        f"the keyboard: {DRAWN}",
        f"tokens = {DRAWN}",
        "token = session.get_token_v2",
        "password = os.environ['DB_PASSWORD2']",
        "secret = hashlib.sha256(data1)",
        "api_key: 550e8400-e29b-41d4-a716-446655440000",
        'password = "enter your password"',
        "auth=key=a1b2c3d4=token=secret=e5f6g7h8",
    ],
)
def test_what_only_looks_like_it_is_not(text):
    assert found(text) == []
