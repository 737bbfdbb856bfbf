"""Addresses, headers, manifests."""

import pytest

from headgate.privacy.secrets.find import finder

DRAWN = "3kT9xQ2mZ7pL4vB8nR6wY1cD5"


def found(text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.kind) for hit in finder().find(text)]


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("amqp://app:v3ryS3cret!@mq/vhost", "v3ryS3cret!", "password-in-url"),
        ("redis://:p4ssw0rt@cache:6379", "p4ssw0rt", "password-in-url"),
        (f"https://{DRAWN}@git.example.com/x", DRAWN, "token-in-url"),
        (f"authorization: bearer {DRAWN}", DRAWN, "bearer-token"),
        ("Basic YWxpY2U6czNjcjN0LXBhc3M=", "YWxpY2U6czNjcjN0LXBhc3M=", "basic-authorization"),
        (f"curl -H 'X-Acme-Token: {DRAWN}' u", DRAWN, "curl-auth-header"),
        ("curl -u bob:s3cr3t-9x https://u", "bob:s3cr3t-9x", "curl-auth-user"),
        ("curl --user=bob:s3cr3t-9x u", "bob:s3cr3t-9x", "curl-auth-user"),
        (
            "kind: Secret\nmetadata: {name: a}\ndata:\n  a: c2VjcmV0LXZhbHVl\n",
            "  a: c2VjcmV0LXZhbHVl\n",
            "kubernetes-secret",
        ),
        (
            "data:\n  a: c2VjcmV0LXZhbHVl\nkind: Secret\n",
            "  a: c2VjcmV0LXZhbHVl\n",
            "kubernetes-secret",
        ),
    ],
)
def test_a_place_gives_it_away(text, secret, kind):
    assert (secret, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://user:password@example.com/",
        "http://${USER}:${PASSWORD}@example.com/",
        "http://localhost:8080/x@y",
        "http://[::1]:80@x",
        "a bearer of bad news arrived yesterday",
        "Bearer <token>",
        "basic knowledge of Python",
        "Basic aGVsbG8gd29ybGQh",
        "git commit -u origin:main",
        "kind: Secret\ndata:\n  a: {{ .Values.a }}\n",
        "kind: ConfigMap\ndata:\n  a: hello\n",
    ],
)
def test_the_same_place_without_a_secret_gives_nothing(text):
    assert found(text) == []
