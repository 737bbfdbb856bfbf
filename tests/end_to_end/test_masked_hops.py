"""Whoever is asked beside the first: each target gets what may go to it, and no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from headgate.core.errors import Forbidden, InvalidRequest, ModelNotFound, NoTarget
from headgate.core.stream import Answer
from headgate.wire.dialects.openai_chat import DIALECT
from support import behaviours as b
from support.answers import said
from support.echo import echo, leaks
from support.gateways import Rig, box, cloud, config, gateway, rest_of
from support.reply import Reply
from support.request_shapes import user
from support.upstream import Upstream

EMAIL = "ada.lovelace@corp.io"
CARD = "4111111111111111"
TEXT = f"Write to {EMAIL} about {CARD}."
MASK = {"email": "mask", "card": "mask"}
REPEATS = echo(Random(0))


async def _late(reply: Reply) -> None:
    await reply.pause(0.3)
    await REPEATS.respond(reply)


LATE = b.Behaviour("answers late", _late)


class Places:
    """A stand-in outside, another outside, and one at home."""

    def __init__(self) -> None:
        self.out, self.far, self.home = Upstream(REPEATS), Upstream(REPEATS), Upstream(REPEATS)

    @asynccontextmanager
    async def over(self, *names: str, **route: Any) -> AsyncIterator[Rig]:
        """A gateway of these targets, in this order, with what the route says."""
        known = {
            "out": cloud(self.out, retries=0),
            "far": cloud(self.far, retries=0),
            "home": box(self.home, retries=0),
        }
        data = config({name: known[name] for name in known})
        data["routes"]["chat"] = {"targets": list(names), **route}
        with self.out, self.far, self.home:
            async with gateway(data) as rig:
                yield rig
                mirrors = rig.gateway.sender.mirrors
                assert mirrors is not None
                await asyncio.gather(*mirrors.running)
            self.assert_outside_got_nothing()

    def assert_outside_got_nothing(self) -> None:
        """No value, in no form."""
        assert leaks([*self.out.exchanges, *self.far.exchanges], [EMAIL, CARD]) == []


def text_of(body: bytes) -> str:
    answer: Answer = DIALECT.decode_answer("chat", body)
    return answer.choices[0].text


def privacy(**more: Any) -> dict[str, Any]:
    return {"privacy": {"detect": ["email", "card"], "actions": MASK, **more}}


def run(asked: Any) -> None:
    asyncio.run(asked)


@pytest.mark.parametrize("stream", [False, True])
def test_a_fallback_at_home_gets_the_original(stream: bool) -> None:
    async def told() -> None:
        places = Places()
        places.out.use(b.SERVER_ERROR)
        async with places.over("out", "home", **privacy()) as rig:
            if stream:
                assert await rest_of(await rig.stream(messages=user(TEXT)))
            else:
                assert TEXT in text_of((await rig.ask(messages=user(TEXT))).body)
            assert rig.recording.tries() == [("out", "rejected"), ("home", "answered")]
        assert "EMAIL_" in places.out.requests[0].json["messages"][0]["content"]
        assert places.home.requests[0].json["messages"] == user(TEXT)

    run(told())


def test_a_fallback_outside_gets_what_is_masked_for_it() -> None:
    async def told() -> None:
        places = Places()
        places.home.use(b.SERVER_ERROR)
        async with places.over("home", "out", **privacy()) as rig:
            assert TEXT in text_of((await rig.ask(messages=user(TEXT))).body)

    run(told())


def test_each_target_has_actions_of_its_own() -> None:
    async def told() -> None:
        places = Places()
        places.out.use(b.SERVER_ERROR)
        actions = {"email": "redact", "card": "mask"}
        async with places.over("out", "far", **privacy(targets={"far": actions})) as rig:
            answer = text_of((await rig.ask(messages=user(TEXT))).body)
            assert f"Write to [EMAIL] about {CARD}." in answer
        first, second = (each.requests[0].json for each in (places.out, places.far))
        assert "EMAIL_" in first["messages"][0]["content"]
        assert "[EMAIL]" in second["messages"][0]["content"]
        card = first["messages"][0]["content"].rpartition("CARD_")[2]
        assert card == second["messages"][0]["content"].rpartition("CARD_")[2], "one name for all"

    run(told())


def test_what_is_denied_is_denied_wherever_it_would_go() -> None:
    async def told() -> None:
        places = Places()
        async with places.over("home", "out", **privacy(actions={"card": "deny"})) as rig:
            assert isinstance(await rig.refusal(messages=user(TEXT)), Forbidden)
        assert places.home.exchanges == []
        assert places.out.exchanges == []

    run(told())


def test_what_must_stay_local_waits_for_no_outsider() -> None:
    async def told() -> None:
        places = Places()
        places.home.use(b.SERVER_ERROR)
        async with places.over("home", "out", **privacy(actions={"email": "mask"})) as rig:
            with pytest.raises(Exception, match=r"500|failed"):
                await rig.ask(messages=user(TEXT))
        assert places.out.exchanges == []

    run(told())


def test_no_name_leads_round_the_route() -> None:
    async def told() -> None:
        places = Places()
        async with places.over("out", "home", **privacy()) as rig:
            for name in ("out", "m", "out/m", "far"):
                assert isinstance(await rig.refusal(name, messages=user(TEXT)), ModelNotFound)
        assert places.out.exchanges == []

    run(told())


UNMASKABLE = {"seed": int(CARD)}


def test_who_cannot_be_sent_it_masked_is_passed_over() -> None:
    async def told() -> None:
        places = Places()
        async with places.over("out", "home", **privacy()) as rig:
            await rig.ask(messages=user("Hello"), **UNMASKABLE)
            assert rig.recording.tries() == [("home", "answered")]
        assert places.out.exchanges == []

    run(told())


def test_where_nobody_else_is_the_client_is_told_what_cannot_be_masked() -> None:
    async def told() -> None:
        places = Places()
        async with places.over("out", **privacy()) as rig:
            error = await rig.refusal(messages=user("Hello"), **UNMASKABLE)
            assert isinstance(error, InvalidRequest)
            assert "`card` stands where it cannot be masked" in error.message
        assert places.out.exchanges == []

    run(told())


HEDGE = {"hedge": {"after_ms": 1, "max_share": 1}}


@pytest.mark.parametrize("more", [{}, UNMASKABLE], ids=["masked", "cannot be masked"])
def test_a_hedge_outside_gets_only_what_is_masked(more: dict[str, Any]) -> None:
    async def told() -> None:
        places = Places()
        places.home.use(LATE)
        async with places.over("home", "out", **HEDGE, **privacy()) as rig:
            answer = await rest_of(await rig.stream(messages=user(TEXT), **more))
            assert answer
        assert len(places.out.requests) == (0 if more else 1)

    run(told())


@pytest.mark.parametrize("more", [{}, UNMASKABLE], ids=["masked", "cannot be masked"])
def test_a_mirror_and_its_judge_get_only_what_is_masked(more: dict[str, Any]) -> None:
    async def told() -> None:
        places = Places()
        places.home.use(b.says(said(f"I wrote to {EMAIL} and to bob.smith@corp.io")))
        mirror = {"mirror": [{"target": "out", "share": 1, "judge": "far"}]}
        async with places.over("home", **mirror, **privacy()) as rig:
            await rig.ask(messages=user(TEXT), **more)
        assert len(places.out.requests) == (0 if more else 1)
        assert len(places.far.requests) == (0 if more else 2)
        assert leaks(places.far.exchanges, ["bob.smith@corp.io"]) == [], "found in the answer only"

    run(told())


@pytest.mark.parametrize("more", [{}, UNMASKABLE], ids=["masked", "cannot be masked"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_cascade_and_its_judge_get_only_what_is_masked(
    stream: bool, more: dict[str, Any]
) -> None:
    async def told() -> None:
        places = Places()
        judge = {"target": "far", "when": "always"}
        cascade = {"cascade": {"members": ["home", "out"], "judge": judge}}
        places.far.use(b.says(said('{"score": 0.9}')))
        async with places.over("home", "out", **cascade, **privacy()) as rig:
            if stream:
                assert await rest_of(await rig.stream(messages=user(TEXT), **more))
            else:
                assert TEXT in text_of((await rig.ask(messages=user(TEXT), **more)).body)
        assert len(places.out.requests) == (0 if more else 1)
        assert len(places.far.requests) == (0 if more else 1)

    run(told())


def test_a_judge_is_not_asked_where_the_answer_must_not_leave() -> None:
    async def told() -> None:
        places = Places()
        places.home.use(b.says(said(f"It was {CARD}")))
        mirror = {"mirror": [{"target": "out", "share": 1, "judge": "far"}]}
        async with places.over("home", **mirror, **privacy(actions={"email": "mask"})) as rig:
            await rig.ask(messages=user(f"Write to {EMAIL}"))
        assert len(places.out.requests) == 1
        assert len(places.far.requests) == 1, "about the answer of the mirror only"

    run(told())


def test_an_upstream_error_that_quotes_gives_the_client_its_own_words() -> None:
    async def told() -> None:
        places = Places()
        places.out.use(QUOTES)
        async with places.over("out", **privacy()) as rig:
            error = await rig.refusal(messages=user(TEXT))
            said = DIALECT.encode_error(error).decode()
            assert EMAIL in said
            [attempt] = rig.recording.attempts
            assert EMAIL not in repr(attempt)
            assert "EMAIL_" not in repr(attempt), "nor what stood for it"

    run(told())


async def _quote(reply: Reply) -> None:
    words = reply.exchange.json["messages"][0]["content"]
    error = b.ErrorSaid(message=f"cannot make sense of: {words}", type="invalid_request_error")
    await reply.whole(400, reply.shape.error(error))


QUOTES = b.Behaviour("quotes the request", _quote)


def test_nobody_is_left_to_ask_is_said_in_words() -> None:
    async def told() -> None:
        places = Places()
        async with places.over("out", **privacy(actions={})) as rig:
            error = await rig.refusal(messages=user(TEXT))
            assert isinstance(error, NoTarget)
            assert EMAIL not in error.message

    run(told())
