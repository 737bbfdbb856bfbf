"""The four patterns of the guides, as their pages configure them, through the real server."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openai import InternalServerError, OpenAI

from support import behaviours as b
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
YAML = re.compile(r"^```yaml\n(# headgate\.yaml\n.*?)^```$", re.MULTILINE | re.DOTALL)
HARD = (
    "Prove step by step that the sum of two even numbers is even. Then derive, with full "
    "reasoning, the closed form of the sum of the first n cubes, and implement it in Python:\n"
    "```python\ndef sum_of_cubes(n: int) -> int: ...\n```\n"
) * 8
CARD = "Write to jane.doe@example.com about her card 4111 1111 1111 1111."


def configuration(guide: str) -> str:
    found = YAML.search((GUIDES / f"{guide}.md").read_text())
    assert found is not None
    return found[1]


@contextmanager
def serving(
    guide: str, folder: Path, cloud: Upstream, env: Mapping[str, str] = {}
) -> Iterator[OpenAI]:
    """The official SDK on a server with the page's configuration, and a stand-in as its cloud."""
    keys = {"OPENAI_BASE_URL": cloud.base_url, "OPENAI_API_KEY": "not-a-real-key"}
    with (
        HeadgateServer(folder, configuration(guide), env={**keys, **env}) as server,
        server.client() as client,
    ):
        yield client


def served_by(client: OpenAI, model: str, text: str, **more: Any) -> Mapping[str, str]:
    """The headers of an answer."""
    messages = [{"role": "user", "content": text}]
    reply = client.chat.completions.with_raw_response.create(
        model=model,
        messages=messages,  # type: ignore[arg-type]
        **{"max_tokens": 4, **more},
    )
    assert reply.parse().choices
    return reply.headers


def test_a_poor_local_answer_falls_back_to_the_cloud(tmp_path: Path) -> None:
    with Upstream() as cloud, serving("fallback", tmp_path, cloud) as client:
        headers = served_by(client, "chat", "Explain the tides.", max_tokens=2)
        assert (headers["x-headgate-target"], headers["x-headgate-attempts"]) == ("gpt", "2")
        assert cloud.requests[0].json["model"] == "gpt-4o-mini"
        assert cloud.requests[0].headers["authorization"] == "Bearer not-a-real-key"
        stream = client.chat.completions.create(
            model="chat",
            messages=[{"role": "user", "content": "Explain the tides."}],
            max_tokens=2,
            stream=True,
        )
        assert sum(1 for chunk in stream if chunk.choices and chunk.choices[0].finish_reason) == 1


def test_easy_work_stays_small_and_hard_work_goes_to_the_large_model(tmp_path: Path) -> None:
    with Upstream() as cloud, serving("tiers", tmp_path, cloud) as client:
        assert served_by(client, "smart", "Hello!")["x-headgate-target"] == "small"
        assert cloud.connections_made == 0
        assert served_by(client, "smart", HARD)["x-headgate-target"] == "large"
        assert [request.json["model"] for request in cloud.requests] == ["gpt-4o"]
        cloud.use(b.SERVER_ERROR)
        headers = served_by(client, "smart", HARD)
        assert headers["x-headgate-target"] == "small", "a weaker model is the last resort"


def test_personal_data_never_leaves_whatever_way_it_is_known(tmp_path: Path) -> None:
    with Upstream() as cloud, serving("privacy-split", tmp_path, cloud) as client:
        for text, more in (
            (CARD, {}),
            ("Summarise this letter.", {"extra_headers": {"x-headgate-label": "phi"}}),
            ("Summarise this letter.", {"metadata": {"patient": "jane.doe@example.com"}}),
        ):
            assert served_by(client, "careful", text, **more)["x-headgate-target"] == "laptop"
        assert cloud.connections_made == 0
        haiku = served_by(client, "careful", "Write a haiku about rivers.")
        assert haiku["x-headgate-target"] == "gpt"
        assert len(cloud.requests) == 1


@pytest.mark.parametrize("stream", [True, False])
def test_with_no_local_target_the_answer_is_503_and_not_a_byte_reaches_the_cloud(
    tmp_path: Path, stream: bool
) -> None:
    with Upstream() as cloud, serving("privacy-split", tmp_path, cloud) as client:
        with pytest.raises(InternalServerError) as refusal:
            client.chat.completions.create(
                model="cloud-only", messages=[{"role": "user", "content": CARD}], stream=stream
            )
        assert refusal.value.status_code == 503
        assert refusal.value.code == "no_target"
        assert "`gpt`: not local, and the request holds `card`, `email`" in refusal.value.message
        assert "jane.doe" not in refusal.value.message
        assert refusal.value.response.headers["x-should-retry"] == "false"
        assert cloud.connections_made == 0


@pytest.mark.parametrize(
    ("environment", "target"),
    [
        ({}, "laptop"),
        ({"HEADGATE_ENVIRONMENT": "production"}, "gpt"),
        ({"APP_ENV": "production"}, "gpt"),
    ],
    ids=["of the file", "of $HEADGATE_ENVIRONMENT", "of the file's variable"],
)
def test_the_environment_picks_the_targets_and_the_client_stays_the_same(
    tmp_path: Path, environment: Mapping[str, str], target: str
) -> None:
    with Upstream() as cloud, serving("environments", tmp_path, cloud, environment) as client:
        assert served_by(client, "chat", "Hello")["x-headgate-target"] == target
        assert len(cloud.requests) == (1 if target == "gpt" else 0)
