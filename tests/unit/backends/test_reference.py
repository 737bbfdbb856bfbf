from pathlib import Path

from headgate.backends.provider import Provider
from headgate.backends.reference import _line, markdown
from headgate.backends.registry import provider_names

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "backends.md"


def test_the_page_is_what_the_providers_say_now() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run `make docs`"


def test_every_provider_has_its_line_and_its_note() -> None:
    page = markdown()
    for name in provider_names():
        assert f"| `{name}` | " in page
        assert f"* `{name}`: " in page


def test_a_line_tells_what_a_file_says() -> None:
    kind = Provider(
        name="somewhere",
        dialect="openai_chat",
        docs="https://a.test",
        paths={"chat": "/chat"},
        also={"anthropic": {"chat": "/v1/messages", "count_tokens": "/v1/count"}},
        key_env=("A_KEY", "B_KEY"),
        lacks=frozenset({"vision", "audio"}),
        drop_params=frozenset({"seed"}),
    )
    assert _line(kind) == (
        "| `somewhere` | `openai_chat`, `anthropic` | chat, count_tokens | `A_KEY`, `B_KEY` | "
        "audio, vision | `seed` |"
    )
