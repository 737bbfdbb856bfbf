"""Try targets in the decided order until one is committed to.

A failure before the first model output may be repeated at the same target, or moves to
the next one, as the route allows; afterwards the client is committed (see `relay`). Each
hop asks the rules again with the target as it stands then, so nothing refused is tried.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import anyio
from msgspec.structs import replace

from headgate.backends.exchange import Exchange
from headgate.backends.images import ImageFetcher
from headgate.backends.upstream import Relayed, retry_after_s
from headgate.core.errors import (
    HeadgateError,
    InvalidRequest,
    NoTarget,
    UpstreamError,
    UpstreamRejected,
)
from headgate.gateway.admission import admit, warm_up
from headgate.gateway.job import Attempt, Job
from headgate.gateway.parts import in_parts, joined, usage_of_all
from headgate.gateway.relay import Relay, check_answer
from headgate.gateway.retry import OUR_FAULT, cause_of, retry_delay_s
from headgate.gateway.route import Place
from headgate.gateway.target import Moment
from headgate.gateway.translate import (
    relayed_body,
    relayed_with_inline_images,
    translated_chat,
    translated_operation,
)
from headgate.policy.decide import assess
from headgate.policy.decision import Rule
from headgate.wire.members import rename_model

MAX_ANSWER_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Whole:
    """A complete answer, in the client's dialect."""

    body: bytes
    attempt: Attempt


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends jobs; `random` jitters the back-off that `sleep` waits."""

    rules: Mapping[str, Rule]
    random: Random = field(default_factory=Random)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    images: ImageFetcher | None = None
    """`None`: images are never fetched."""

    async def send(self, job: Job) -> Whole | Relay:
        """An answer, or a stream that has begun.

        Raises:
            HeadgateError: What the last target said, when no further one may be tried.
        """
        last: HeadgateError | None = None
        warm_up(job)
        for index, name in enumerate(job.ranked):
            place = job.route.by_target[name]
            if index and self._is_refused(job, place):
                continue
            try:
                return await self._try_with_retries(
                    job, place, has_next=index + 1 < len(job.ranked)
                )
            except (InvalidRequest, NoTarget) as error:
                # This target's dialect cannot say it, or it is full; a later one may not be.
                last = last or error
            except HeadgateError as error:
                last = error
                if cause_of(error) not in job.route.fall_back_on:
                    break
        assert last is not None, "a decision without candidates is refused earlier"
        raise for_client(last) from last

    def _is_refused(self, job: Job, place: Place, *, in_s: float = 0.0) -> bool:
        """Whether the rules, asked again, refuse the target as it stands now, or then."""
        clock = job.clock
        moment = Moment(clock.monotonic() + in_s, clock.now() + in_s)
        candidate = place.candidate(job.facts, job.model, job.dialect, moment)
        return assess(job.facts, candidate, self.rules).is_refused

    async def _admit(self, job: Job, place: Place) -> None:
        """A slot of the target, waited for where the route waits."""
        if job.facts.max_wait_ms is None:
            return
        later = job.ranked[job.ranked.index(place.target.name) + 1 :]
        others = [job.route.by_target[name] for name in later]

        def may_leave() -> bool:
            return any(
                not other.target.slots.is_full and not self._is_refused(job, other)
                for other in others
            )

        await admit(
            job,
            place.target,
            is_refused=lambda: self._is_refused(job, place),
            may_leave=may_leave if others else None,
        )

    async def _try_with_retries(self, job: Job, place: Place, *, has_next: bool) -> Whole | Relay:
        target = place.target
        tries = 0
        while True:
            tries += 1
            await self._admit(job, place)
            attempt = Attempt(job, target, target.model or job.model)
            try:
                return await _try(attempt, self.images)
            except HeadgateError as error:
                asked_for_s = _settle(attempt, error)
                delay_s = retry_delay_s(
                    error,
                    tries,
                    asked_for_s=asked_for_s,
                    has_next=has_next and cause_of(error) in job.route.fall_back_on,
                    jitter=self.random.random(),
                )
                if tries > target.retries or delay_s is None:
                    raise
                if self._is_refused(job, place, in_s=delay_s):
                    raise
                await self.sleep(delay_s)
                # Others have used it meanwhile: it may rest now, or be full.
                if self._is_refused(job, place):
                    raise


async def _try(attempt: Attempt, images: ImageFetcher | None) -> Whole | Relay:
    """One try; leaves the attempt open only when it returns a stream under way."""
    job = attempt.job
    job.dropped = ()
    exchange: Exchange | None = None
    try:
        if not attempt.is_relayed and job.inbound.operation != "chat":
            return await _translated(attempt)
        if attempt.is_relayed and not _inlines_images(attempt):
            body = relayed_body(attempt, job.inbound)
        else:
            body = await _translated_body(attempt, images)
        if job.on_loading is not None and job.inbound.stream and attempt.target.is_loading:
            job.on_loading(job.id)
        exchange = await _post(attempt, body)
        if not job.inbound.stream:
            return await _whole(attempt, exchange)
        relay = Relay(attempt, exchange)
        await relay.until_committed()
        return relay
    except BaseException as error:
        if exchange is not None:
            exchange.close()
        if not isinstance(error, HeadgateError):
            attempt.close("cancelled" if _is_cancellation(error) else "failed")
        raise


async def _post(attempt: Attempt, body: bytes) -> Exchange:
    job, target = attempt.job, attempt.target
    exchange = await target.upstream.post(
        job.inbound.operation,
        body,
        stream=job.inbound.stream,
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
    job, dialect = attempt.job, attempt.dialect
    answer = dialect.decode_answer(job.inbound.operation, body)
    attempt.usage = answer.usage
    attempt.response_model = answer.model or None
    if job.route.checks and (problem := check_answer(attempt, answer)):
        raise problem
    if not attempt.is_relayed:
        model = answer.model or attempt.model
        named = replace(answer, id=job.id, model=model, timing=attempt.timing())
        if not named.created:
            named = replace(named, created=int(job.started_at))
        body = job.dialect.encode_answer(named, job.inbound)
    return _answered(attempt, body)


async def _translated(attempt: Attempt) -> Whole:
    """Another operation than chat, in words of both sides; several exchanges if it must be."""
    job = attempt.job
    operation = job.inbound.operation
    surface, form = job.dialect.surfaces[operation], attempt.dialect.forms[operation]
    answers = []
    for request in in_parts(surface.canonical(job.inbound), attempt.target.provider):
        exchange = await _post(attempt, translated_operation(attempt, request))
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
    job.finish("answered", 200, attempt.target.name)
    return Whole(body, attempt)


def _inlines_images(attempt: Attempt) -> bool:
    """Pictures named by address must be put into a request that is otherwise relayed."""
    return attempt.job.inbound.has_image_urls and attempt.target.provider.inlines_images


async def _translated_body(attempt: Attempt, images: ImageFetcher | None) -> bytes:
    if attempt.is_relayed:
        return await relayed_with_inline_images(attempt, images)
    return await translated_chat(attempt, images)


def _settle(attempt: Attempt, error: HeadgateError) -> float | None:
    """Close a failed attempt; returns the wait that the target asked for, which it gets."""
    target, clock = attempt.target, attempt.job.clock
    asked_for_s = None
    if isinstance(error, UpstreamError):
        error.target = target.name
    if isinstance(error, UpstreamRejected):
        attempt.http_status = error.status
        asked_for_s = retry_after_s(error.headers, clock.now())
    attempt.fail(error)
    if asked_for_s and cause_of(error) == "rate_limit":
        target.health.rest(clock.monotonic(), asked_for_s)
    return asked_for_s


def for_client(error: HeadgateError) -> HeadgateError:
    """The same failure in words that are true for the client.

    A backend that refuses *our* key has not refused the client's.
    """
    if isinstance(error, UpstreamRejected) and error.status in OUR_FAULT:
        return UpstreamError(
            f"`{error.target}` refuses the key it is configured with ({error.status})",
            hint="check `api_key` of that target",
        )
    return error


def _is_cancellation(error: BaseException) -> bool:
    return isinstance(error, (anyio.get_cancelled_exc_class(), GeneratorExit))
