"""Cascades through the real server: members side by side, agreement, escalation, any client."""

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from anthropic import Anthropic
from openai import OpenAI

from headgate.gateway.explain import explain
from headgate.ledger.store import LedgerStore
from headgate.policy.registry import all_rules
from support import behaviours as b
from support.answers import said
from support.behaviours import Behaviour
from support.gate import Gate
from support.headgate_server import COMMAND, HeadgateServer
from support.upstream import Upstream

QUESTION = [{"role": "user", "content": "What is 6 times 7?"}]
RIGHT = b.says(said("6 times 7 makes 42. The answer is 42"), "right")
RIGHT_TOO = b.says(said("It is simple. The answer is **42**."), "right in other words")
WRONG = b.says(said("The answer is 41"), "wrong")
STRONG = b.says(said("Forty-two. The answer is 42.0"), "the strong one")
PROSE = b.says(
    said(
        "It is the number of everything, some say, and a friend of mine once had it painted on "
        "her door, where it stayed for years because nobody knew what it was for, and because "
        "she had thrown away what was left of the paint"
    ),
    "prose",
)
OTHER_PROSE = b.says(
    said(
        "Multiplication was known to the Babylonians, who wrote their tables on clay, and whoever "
        "had to multiply six by seven looked it up there, as we would do today if we had not been "
        "made to learn it by heart at a tender age"
    ),
    "other prose",
)


class Rig:
    """Two cheap stand-ins, a dear one and a judge behind one server."""

    def __init__(self, folder: Path, stack: ExitStack, **cascade: Any) -> None:
        self.small, self.other, self.strong, self.judge = (
            stack.enter_context(Upstream(b.OK)) for _ in range(4)
        )
        self.server = stack.enter_context(HeadgateServer(folder, self.config(cascade)))
        self.client = stack.enter_context(self.server.client())

    def config(self, cascade: dict[str, Any]) -> dict[str, Any]:
        place = {"backend": "openai_compatible", "model": "m"}
        local = {**place, "local": True, "timeouts": {"first_token_s": 5, "total_s": 10}}
        careful = {
            "targets": ["small", "other", "strong"],
            "cascade": {"members": ["small", "other"], "agree": 2, **cascade},
        }
        judged = {"target": "judge"}
        return {
            "targets": {
                "small": {**local, "base_url": self.small.base_url},
                "other": {**local, "base_url": self.other.base_url},
                "strong": {**place, "base_url": self.strong.base_url},
                "judge": {**place, "base_url": self.judge.base_url},
            },
            "routes": {
                "careful": careful,
                "judged": {
                    **careful,
                    "cascade": {"members": ["small", "other"], "judge": judged, **cascade},
                },
                "private": {**careful, "privacy": {"labels": ["phi"]}},
                "begun": {
                    **careful,
                    "cascade": {"members": ["small"], "hold": 10, "checks": ["refusal"]},
                },
            },
            "default_route": "careful",
        }

    def use(self, small: Behaviour, other: Behaviour, strong: Behaviour = STRONG) -> None:
        self.small.use(small)
        self.other.use(other)
        self.strong.use(strong)

    def asked(self) -> tuple[int, int, int]:
        return len(self.small.requests), len(self.other.requests), len(self.strong.requests)

    def attempts(self, decision: str, at_least: int) -> list[tuple[str, str, str]]:
        rows = self.server.ledger_rows(where={"decision_id": decision}, at_least=at_least)
        return sorted((row["target"], row["role"], row["outcome"]) for row in rows)

    def decision(self, decision: str) -> dict[str, Any]:
        [row] = self.server.ledger_rows("decisions", where={"id": decision})
        return row


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with ExitStack() as stack:
        yield Rig(tmp_path_factory.mktemp("cascade"), stack)


@pytest.fixture
def rig(shared: Rig) -> Rig:
    # Faults in a row would rest a target: a good answer between them.
    shared.use(RIGHT, RIGHT_TOO)
    Told(shared.client, "careful", stream=False)
    for upstream in (shared.small, shared.other, shared.strong, shared.judge):
        upstream.exchanges.clear()
    return shared


class Told:
    """An answer of the OpenAI SDK, whole or streamed, with its headers."""

    def __init__(self, client: OpenAI, route: str, *, stream: bool, **headers: str) -> None:
        extra = {f"x-headgate-{name}": value for name, value in headers.items()}
        raw = client.chat.completions.with_raw_response.create(
            model=route,
            messages=QUESTION,  # type: ignore[arg-type]
            stream=stream,
            extra_headers=extra,
            **({"stream_options": {"include_usage": True}} if stream else {}),  # type: ignore[arg-type]
        )
        self.headers = raw.headers
        self.id = raw.headers["x-headgate-decision"]
        parsed: Any = raw.parse()
        if stream:
            chunks = list(parsed)
            self.text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
            self.role = next(c.choices[0].delta.role for c in chunks if c.choices)
            self.finish = [c.choices[0].finish_reason for c in chunks if c.choices][-1]
            self.usage = chunks[-1].usage
        else:
            choice = parsed.choices[0]
            self.text, self.finish = choice.message.content, choice.finish_reason
            self.role, self.usage = choice.message.role, parsed.usage


both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@both
def test_members_that_agree_are_served(rig: Rig, stream: bool) -> None:
    rig.use(RIGHT, RIGHT_TOO)
    told = Told(rig.client, "careful", stream=stream)
    assert told.headers["x-headgate-cascade"] == "accepted"
    assert told.headers["x-headgate-target"] == "small"
    assert (told.text, told.role, told.finish) == (
        "6 times 7 makes 42. The answer is 42",
        "assistant",
        "stop",
    )
    assert told.usage is not None
    assert rig.asked() == (1, 1, 0)
    assert rig.attempts(told.id, 2) == [
        ("other", "member", "answered"),
        ("small", "member", "answered"),
    ]
    row = rig.decision(told.id)
    assert (row["served_by"], row["status"]) == ("small", "answered")
    assert row["verdict"] == (
        "accepted the answer of `small`: 2 of 2 answers say the same, 2 are asked for"
    )


@both
def test_members_that_disagree_escalate(rig: Rig, stream: bool) -> None:
    rig.use(RIGHT, WRONG)
    told = Told(rig.client, "careful", stream=stream)
    assert told.headers["x-headgate-cascade"] == "escalated"
    assert told.headers["x-headgate-target"] == "strong"
    assert told.text == "Forty-two. The answer is 42.0"
    assert rig.attempts(told.id, 3) == [
        ("other", "member", "answered"),
        ("small", "member", "answered"),
        ("strong", "serve", "answered"),
    ]
    assert rig.decision(told.id)["served_by"] == "strong"


def test_the_anthropic_sdk_gets_the_same_in_its_own_words(rig: Rig) -> None:
    rig.use(RIGHT, RIGHT_TOO)
    with Anthropic(base_url=rig.server.root_url, api_key="any", max_retries=0) as client:
        whole = client.messages.create(model="careful", max_tokens=50, messages=QUESTION)  # type: ignore[arg-type]
        assert whole.content[0].text == "6 times 7 makes 42. The answer is 42"  # type: ignore[union-attr]
        with client.messages.stream(model="careful", max_tokens=50, messages=QUESTION) as stream:  # type: ignore[arg-type]
            final = stream.get_final_message()
        assert final.content[0].text == "6 times 7 makes 42. The answer is 42"  # type: ignore[union-attr]
        assert final.stop_reason == "end_turn"
        rig.use(RIGHT, WRONG)
        with client.messages.stream(model="careful", max_tokens=50, messages=QUESTION) as stream:  # type: ignore[arg-type]
            assert "".join(stream.text_stream) == "Forty-two. The answer is 42.0"


@both
@pytest.mark.parametrize(
    "fault",
    [b.SERVER_ERROR, b.CUT, b.MALFORMED, b.RESETS, b.ERROR_INSIDE, b.WEB_PAGE],
    ids=str,
)
def test_a_member_that_fails_does_not_fail_the_request(
    rig: Rig, fault: Behaviour, stream: bool
) -> None:
    rig.use(fault, RIGHT)
    told = Told(rig.client, "careful", stream=stream)
    assert told.text == "Forty-two. The answer is 42.0"
    kept = rig.attempts(told.id, 3)
    assert ("other", "member", "answered") in kept
    assert ("strong", "serve", "answered") in kept
    assert [outcome for name, _, outcome in kept if name == "small"] != ["answered"]


@both
def test_the_cheap_answer_is_served_when_the_strong_target_fails(rig: Rig, stream: bool) -> None:
    rig.use(RIGHT, WRONG, b.SERVER_ERROR)
    told = Told(rig.client, "careful", stream=stream)
    assert told.text == "6 times 7 makes 42. The answer is 42"
    assert told.headers["x-headgate-cascade"] == "escalated"
    assert "nobody else could answer" in rig.decision(told.id)["verdict"]


@both
def test_a_private_request_never_leaves_and_still_gets_the_best_answer(
    rig: Rig, stream: bool
) -> None:
    rig.use(RIGHT, WRONG)
    told = Told(rig.client, "private", stream=stream, label="phi")
    assert told.text == "6 times 7 makes 42. The answer is 42"
    assert rig.asked() == (1, 1, 0)
    assert "nobody else may be asked" in rig.decision(told.id)["verdict"]


@both
@pytest.mark.parametrize(("score", "target"), [("0.95", "small"), ("0.05", "strong")])
def test_a_judge_decides_where_cheaper_checks_cannot(
    rig: Rig, stream: bool, score: str, target: str
) -> None:
    rig.use(PROSE, OTHER_PROSE)
    rig.judge.use(b.says(said(f'{{"score": {score}}}'), "a score"))
    told = Told(rig.client, "judged", stream=stream)
    assert told.headers["x-headgate-target"] == target
    rows = rig.server.ledger_rows(where={"decision_id": told.id, "role": "judge"})
    assert [row["note"] for row in rows] == [f"{score} for the answer of `small`"]
    asked = rig.judge.requests[0].json["messages"][1]["content"]
    assert "What is 6 times 7?" in asked
    assert "It is the number of everything" in asked


@both
@pytest.mark.parametrize("garble", [b.MALFORMED, b.SERVER_ERROR, b.REFUSAL], ids=str)
def test_a_judge_that_garbles_only_escalates(rig: Rig, stream: bool, garble: Behaviour) -> None:
    rig.use(RIGHT, WRONG)
    rig.judge.use(garble)
    told = Told(rig.client, "judged", stream=stream)
    assert told.headers["x-headgate-target"] == "strong"
    [row] = rig.server.ledger_rows(where={"decision_id": told.id, "role": "judge"})
    assert row["outcome"] in {"garbled", "rejected"}
    assert "sorry" not in str(row["error"])


def test_a_judge_is_not_asked_where_members_agree(rig: Rig) -> None:
    rig.use(RIGHT, RIGHT_TOO)
    assert Told(rig.client, "judged", stream=False).headers["x-headgate-cascade"] == "accepted"
    assert rig.judge.requests == []


def test_a_beginning_without_fault_is_streamed_on(rig: Rig) -> None:
    rig.use(RIGHT, b.OK)
    told = Told(rig.client, "begun", stream=True)
    assert told.headers["x-headgate-cascade"] == "accepted"
    assert (told.text, rig.asked()) == ("6 times 7 makes 42. The answer is 42", (1, 0, 0))
    assert rig.attempts(told.id, 1) == [("small", "member", "answered")]


@both
def test_a_refusal_is_never_seen(rig: Rig, stream: bool) -> None:
    rig.use(b.REFUSAL, b.REFUSAL)
    told = Told(rig.client, "careful", stream=stream)
    assert told.headers["x-headgate-target"] == "strong"
    assert told.text == "Forty-two. The answer is 42.0"


def test_explain_tells_what_each_call_was_for_and_makes_the_decision_again(rig: Rig) -> None:
    rig.use(RIGHT, WRONG)
    rig.judge.use(b.says(said('{"score": 0.1}')))
    told = Told(rig.client, "judged", stream=False)
    rig.attempts(told.id, 4)
    rig.decision(told.id)
    store = LedgerStore.open(rig.server.ledger)
    try:
        explained = explain(store, told.id, all_rules())
    finally:
        store.close()
    assert explained.matches
    assert [(each.role, each.attempts) for each in explained.by_role] == [
        ("member", 2),
        ("judge", 1),
        ("serve", 1),
    ]
    assert explained.actual is not None
    assert explained.actual.target == "strong"
    command = [str(COMMAND), "explain", told.id, "--db", str(rig.server.ledger)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "escalated: 0 of 1 other members agree" in shown
    assert "judge `judge`: 0.10 for the answer of `small`" in shown
    assert "The answer is" not in shown


def test_a_client_hears_something_while_an_answer_is_held(tmp_path: Path) -> None:
    gate = Gate()
    place = {"backend": "openai_compatible", "model": "m"}
    with Upstream(b.gated(gate, lambda _: said("7"))) as one, Upstream(b.says(said("7"))) as two:
        config = {
            "targets": {
                "one": {**place, "base_url": one.base_url},
                "two": {**place, "base_url": two.base_url},
            },
            "routes": {
                "careful": {
                    "targets": ["one", "two"],
                    "cascade": {"members": ["one", "two"], "agree": 2},
                }
            },
            "server": {"keep_alive_s": 0.05},
        }
        with HeadgateServer(tmp_path, config) as server:
            connection = http.client.HTTPConnection(server.root_url.removeprefix("http://"))
            body = json.dumps({"model": "careful", "messages": QUESTION, "stream": True})
            headers = {"content-type": "application/json"}
            connection.request("POST", "/v1/chat/completions", body, headers)
            reply = connection.getresponse()
            assert reply.status == 200
            assert reply.readline().startswith(b":")
            gate.open()
            rest = reply.read()
            connection.close()
    assert b'"content":"7"' in rest.replace(b" ", b"")
    assert rest.endswith(b"data: [DONE]\n\n")
