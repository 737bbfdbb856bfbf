"""One try at one target: what is sent, and the answer, whole or as a stream that has begun."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import anyio
from msgspec import Raw
from msgspec.structs import replace

from headgate.backends.exchange import Exchange
from headgate.backends.images import ImageFetcher
from headgate.backends.upstream import Relayed, retry_after_s
from headgate.core.errors import HeadgateError, UpstreamError, UpstreamRejected
from headgate.core.stream import Answer
from headgate.gateway.job import Attempt
from headgate.gateway.parts import in_parts, joined, usage_of_all
from headgate.gateway.relay import Relay, check_answer
from headgate.gateway.retry import cause_of
from headgate.gateway.translate import (
    relayed_body,
    relayed_with_inline_images,
    translated_chat,
    translated_operation,
)
from headgate.privacy.restore import restored
from headgate.wire.members import UNREADABLE, join, rename_model, split

_TEXTS = frozenset({"texts", "inputs"})
"""Members in which an answer of vectors repeats what it was asked about."""
MAX_ANSWER_BYTES = 256 * 1024 * 1024
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Whole:
    """A complete answer, in the client's dialect."""

    body: bytes
    attempt: Attempt


@dataclass(slots=True, eq=False)
class Draft:
    """A complete answer that no client has seen; `give` it to one, or `drop` it."""

    attempt: Attempt
    answer: Answer
    body: bytes = b""
    """As the target wrote it; empty where it was streamed."""
    relay: Relay | None = None

    def give(self) -> Whole | Relay:
        """The answer for the client."""
        if self.relay is None:
            return _given(self.attempt, self.answer, self.body)
        self.relay.serves = True
        return self.relay

    def drop(self) -> None:
        """Nobody wants it."""
        if self.relay is not None:
            self.relay.close()


async def try_once(attempt: Attempt, images: ImageFetcher | None) -> Whole | Relay:
    """One try; leaves the attempt open only when it returns a stream under way."""
    if not attempt.is_relayed and attempt.job.inbound.operation != "chat":
        return await closing(attempt, _translated(attempt))
    return await closing(attempt, _asked(attempt, images))


async def draft_of(
    attempt: Attempt, images: ImageFetcher | None, *, held_chars: int | None = None
) -> Draft:
    """One try of a chat whose answer is read before anybody sees it, unchecked.

    Of a stream, `held_chars` is how much of it is read; `None` for all.
    """
    return await closing(attempt, _drafted(attempt, images, held_chars))


async def closing(attempt: Attempt, trying: Awaitable[Result]) -> Result:
    """What comes of it; the entry is closed unless that is an answer or an error of ours."""
    try:
        return await trying
    except BaseException as error:
        if not isinstance(error, HeadgateError):
            attempt.close("cancelled" if _is_cancellation(error) else "failed")
        raise


async def _asked(attempt: Attempt, images: ImageFetcher | None) -> Whole | Relay:
    exchange = await _sent(attempt, images)
    with _dropped_on_failure(exchange):
        if not attempt.job.inbound.stream:
            return await _whole(attempt, exchange)
        relay = Relay(attempt, exchange)
        await relay.until_committed()
        return relay


async def _drafted(attempt: Attempt, images: ImageFetcher | None, held_chars: int | None) -> Draft:
    exchange = await _sent(attempt, images)
    with _dropped_on_failure(exchange):
        if attempt.job.inbound.stream:
            relay = Relay(attempt, exchange, serves=False)
            return Draft(attempt, await relay.until_held(held_chars), relay=relay)
        body = await exchange.read(MAX_ANSWER_BYTES)
        exchange.close()
        answer, body = _read_answer(attempt, body)
        attempt.close("answered")
        return Draft(attempt, answer, body)


@contextmanager
def _dropped_on_failure(exchange: Exchange) -> Iterator[None]:
    try:
        yield
    except BaseException:
        exchange.close()
        raise


async def _sent(attempt: Attempt, images: ImageFetcher | None) -> Exchange:
    job = attempt.job
    if attempt.is_relayed and not _inlines_images(attempt):
        body = relayed_body(attempt, attempt.inbound)
    else:
        body = await _translated_body(attempt, images)
    if job.on_loading is not None and job.inbound.stream and attempt.target.is_loading:
        job.on_loading(job.id)
    return await post(attempt, body)


async def post(attempt: Attempt, body: bytes, *, stream: bool | None = None) -> Exchange:
    """Send a body; the answer has a good status."""
    job, target = attempt.job, attempt.target
    await attempt.reserve()
    attempt.was_sent = True
    exchange = await target.upstream.post(
        job.inbound.operation,
        body,
        stream=job.inbound.stream if stream is None else stream,
        timeouts=target.timeouts,
        model=attempt.model,
        relayed=_relayed(attempt),
    )
    attempt.http_status = exchange.status
    attempt.headers = exchange.headers
    return exchange


def _relayed(attempt: Attempt) -> Relayed | None:
    """What of the client goes on to the backend beside the body; usually nothing."""
    job = attempt.job
    if not attempt.is_relayed or (not job.forwarded and attempt.dialect is attempt.target.dialect):
        return None
    return Relayed(job.dialect.name, job.forwarded)


async def _whole(attempt: Attempt, exchange: Exchange) -> Whole:
    body = await exchange.read(MAX_ANSWER_BYTES)
    exchange.close()
    return whole_of(attempt, body)


def whole_of(attempt: Attempt, body: bytes) -> Whole:
    """An answer in the client's dialect, from what the target answered; settles the entries.

    Raises:
        UpstreamGarbled: It is no answer of the target's dialect.
        QualityError: A check of the route failed.
    """
    answer, body = _read_answer(attempt, body)
    if attempt.job.route.checks and (problem := check_answer(attempt, answer)):
        raise problem
    return _given(attempt, answer, body)


def _read_answer(attempt: Attempt, body: bytes) -> tuple[Answer, bytes]:
    """What a target answered, with what was masked put back."""
    body = _restored(attempt, body)
    answer = attempt.dialect.decode_answer(attempt.job.inbound.operation, body)
    attempt.usage = answer.usage
    attempt.response_model = answer.model or None
    return answer, body


def _restored(attempt: Attempt, body: bytes) -> bytes:
    restorer = attempt.restoring()
    if restorer is None:
        return body
    if attempt.job.inbound.operation != "embedding":
        return restorer.body(body)
    # The rest is vectors: no text, and too many numbers to look at.
    try:
        members = split(body)
    except UNREADABLE:
        return body
    texts = {name: Raw(restorer.body(bytes(members[name]))) for name in _TEXTS & members.keys()}
    return join(members, texts) if texts else body


def _given(attempt: Attempt, answer: Answer, body: bytes) -> Whole:
    """The client's answer; settles the entries."""
    job = attempt.job
    if not attempt.is_relayed:
        model = answer.model or attempt.model
        named = replace(answer, id=job.id, model=model, timing=attempt.timing())
        if not named.created:
            named = replace(named, created=int(job.started_at))
        body = job.dialect.encode_answer(named, job.inbound)
    whole = _answered(attempt, body)
    job.answered_by(attempt, answer)
    return whole


async def _translated(attempt: Attempt) -> Whole:
    """Another operation than chat, in words of both sides; several exchanges if it must be."""
    job = attempt.job
    operation = job.inbound.operation
    surface, form = job.dialect.surfaces[operation], attempt.dialect.forms[operation]
    answers = []
    for request in in_parts(surface.canonical(attempt.inbound), attempt.target.provider):
        exchange = await post(attempt, translated_operation(attempt, request))
        answers.append(form.decode_answer(await _read(exchange)))
        attempt.usage = usage_of_all(answers)
    answer = joined(answers)
    attempt.response_model = answer.model or None
    named = replace(answer, id=job.id, model=answer.model or attempt.model)
    return _answered(attempt, surface.encode_answer(named, job.inbound))


async def _read(exchange: Exchange) -> bytes:
    try:
        return await exchange.read(MAX_ANSWER_BYTES)
    finally:
        exchange.close()


def _answered(attempt: Attempt, body: bytes) -> Whole:
    job = attempt.job
    if job.answer_with_asked_model:
        body = rename_model(body, job.inbound.model)
    attempt.close("answered")
    job.served(attempt)
    return Whole(body, attempt)


def _inlines_images(attempt: Attempt) -> bool:
    """Pictures named by address must be put into a request that is otherwise relayed."""
    return attempt.inbound.has_image_urls and attempt.target.provider.inlines_images


async def _translated_body(attempt: Attempt, images: ImageFetcher | None) -> bytes:
    if attempt.is_relayed:
        return await relayed_with_inline_images(attempt, images)
    return await translated_chat(attempt, images)


def settle(attempt: Attempt, error: HeadgateError) -> float | None:
    """Close a failed attempt; returns the wait that the target asked for, which it gets."""
    target, clock = attempt.target, attempt.job.clock
    asked_for_s = None
    if isinstance(error, UpstreamError):
        error.target = target.name
    if isinstance(error, UpstreamRejected):
        in_own_words(attempt, error)
        attempt.http_status = error.status
        asked_for_s = retry_after_s(error.headers, clock.now())
    attempt.fail(error)
    if asked_for_s and cause_of(error) == "rate_limit":
        target.health.rest(clock.monotonic(), asked_for_s)
    return asked_for_s


def in_own_words(attempt: Attempt, error: UpstreamRejected) -> None:
    """What a target quotes of a masked request becomes what the client has sent."""
    masks, restorer = attempt.job.masks, attempt.restoring()
    if masks is not None and restorer is not None and attempt.masked is not None:
        error.message = restored(error.message, masks.names)
        error.body = restorer.body(error.body)


def _is_cancellation(error: BaseException) -> bool:
    return isinstance(error, (anyio.get_cancelled_exc_class(), GeneratorExit))
