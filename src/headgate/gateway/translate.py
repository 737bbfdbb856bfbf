"""What is sent to a target: the client's bytes within a dialect, else a translation.

Other operations than chat are translated where both sides have a word for them. Nothing
is lost on the way without being refused or named (`wire.losses`).
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from headgate.backends.images import ImageFetcher
from headgate.backends.upstream import request_changes
from headgate.core.chat import ChatRequest, ImagePart, Message, Part
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.gateway.job import Attempt
from headgate.gateway.tool_choice import fit_tool_choice
from headgate.wire.losses import WITHOUT_EFFECT, Losses
from headgate.wire.members import join

_NO_EFFECT = (b"null", b"[]", b"{}", b"false")
_AS_WITHOUT: Mapping[str, tuple[bytes, ...]] = {
    "frequency_penalty": (b"null", b"0", b"0.0"),
    "presence_penalty": (b"null", b"0", b"0.0"),
    "parallel_tool_calls": (b"null", b"true"),
}
"""Fields whose values that are as good as none are others than those."""
MOST_IMAGES = 20
"""Pictures that are fetched for one request."""
_encoder = msgspec.json.Encoder()


def relayed_body(attempt: Attempt, inbound: Inbound) -> bytes:
    """The client's own body, with what the target needs changed.

    Raises:
        InvalidRequest: A field that this backend does not take.
    """
    target, dialect = attempt.target, attempt.dialect
    changes: dict[str, Any] = {}
    drop: frozenset[str] = frozenset()
    if dialect is target.dialect:
        changes, drop = request_changes(
            inbound.fields, target.provider, inbound.operation, attempt.model
        )
        if drop or "tool_choice" in inbound.fields:
            losses = losses_of(attempt)
            _account_for(drop, {name: bytes(inbound.fields[name]) for name in drop}, losses)
            changes.update(fit_tool_choice(inbound.fields, target.provider, losses))
            attempt.dropped = losses.names
        if inbound.stream and target.provider.reports_stream_usage:
            changes.update(dialect.ask_for_usage(inbound))
    if target.options:
        changes.update(dialect.left_open(inbound, target.options))
    if attempt.model != inbound.model and "model" in inbound.fields:
        changes["model"] = attempt.model
    return dialect.relay(inbound, changes=changes, drop=drop)


async def relayed_with_inline_images(attempt: Attempt, images: ImageFetcher | None) -> bytes:
    """The client's own body, the pictures that its messages name by address put into them.

    Raises:
        InvalidRequest: A field that this backend does not take, or a picture it cannot have.
    """
    inbound = attempt.inbound
    request = await _with_inline_images(attempt.job.dialect.canonical(inbound), images)
    members = attempt.dialect.encode(
        request,
        model=attempt.model,
        stream=False,
        options={},
        losses=Losses(may_drop=True, may_clamp=True),
    )
    messages = Raw(_encoder.encode(members["messages"]))
    fields = {**inbound.fields, "messages": messages}
    return relayed_body(attempt, replace(inbound, fields=fields))


async def translated_chat(attempt: Attempt, images: ImageFetcher | None) -> bytes:
    """A chat in the target's dialect.

    Raises:
        InvalidRequest: Something in it that the target cannot be told.
    """
    job, target = attempt.job, attempt.target
    losses = losses_of(attempt)
    request = job.dialect.canonical(attempt.inbound)
    if request.reasoning_effort == "none" and "reasoning" in target.lacks_of(attempt.model):
        # A model that cannot think need not be told, and its API may not know the word.
        request = replace(request, reasoning_effort=None)
    if not target.provider.takes_reasoning:
        request = _without_thoughts(request, losses)
    if target.provider.inlines_images or not attempt.dialect.takes_image_urls:
        request = await _with_inline_images(request, images)
    members = attempt.dialect.encode(
        request,
        model=attempt.model,
        stream=job.inbound.stream,
        options=target.options,
        losses=losses,
    )
    return _fitted(attempt, members, losses)


def fitted_chat(attempt: Attempt, request: ChatRequest) -> bytes:
    """A chat of our own, whole; what the target has no word for is left out."""
    losses = Losses(may_drop=True, may_clamp=True)
    members = attempt.dialect.encode(
        request,
        model=attempt.model,
        stream=False,
        options=attempt.target.options,
        losses=losses,
    )
    return _fitted(attempt, members, losses)


def translated_operation(attempt: Attempt, request: Any) -> bytes:
    """Any other operation in the target's dialect; `request` is a value of `core.vectors`.

    Raises:
        InvalidRequest: Something in it that the target cannot be told.
    """
    losses = losses_of(attempt)
    form = attempt.dialect.forms[attempt.job.inbound.operation]
    options = attempt.target.options
    members = form.encode(request, model=attempt.model, options=options, losses=losses)
    return _fitted(attempt, members, losses)


def losses_of(attempt: Attempt) -> Losses:
    """What the attempt's route allows to be lost."""
    route = attempt.job.route
    return Losses(may_drop=route.drop_unsupported, may_clamp=route.clamp_ranges)


def _fitted(attempt: Attempt, members: Mapping[str, Any], losses: Losses) -> bytes:
    """The body, after the target's own renames and omissions."""
    provider, operation = attempt.target.provider, attempt.job.inbound.operation
    changes, drop = request_changes(members, provider, operation, attempt.model)
    _account_for(drop, {name: _encoder.encode(members[name]) for name in drop}, losses)
    changes.update(fit_tool_choice(members, provider, losses))
    attempt.dropped = losses.names
    return join(members, changes, drop)


def _account_for(drop: frozenset[str], values: Mapping[str, bytes], losses: Losses) -> None:
    for name in sorted(drop):
        if values[name] in _AS_WITHOUT.get(name, _NO_EFFECT):
            continue
        if name in WITHOUT_EFFECT:
            losses.drop(name)
        else:
            losses.unsayable(name, "this backend has no use for it")


def _without_thoughts(request: ChatRequest, losses: Losses) -> ChatRequest:
    if not any(message.thoughts for message in request.messages):
        return request
    losses.drop("reasoning")
    return replace(
        request, messages=tuple(replace(message, thoughts=()) for message in request.messages)
    )


async def _with_inline_images(request: ChatRequest, images: ImageFetcher | None) -> ChatRequest:
    named = [
        part
        for message in request.messages
        for part in message.parts
        if isinstance(part, ImagePart) and part.data is None
    ]
    if len(named) > MOST_IMAGES:
        raise InvalidRequest(
            f"messages: {len(named)} pictures named by address are more than the {MOST_IMAGES} "
            "that are fetched for one request",
            param="messages",
            hint="send them as `data:` URLs in base64",
        )
    messages: list[Message] = []
    for index, message in enumerate(request.messages):
        parts: list[Part] = []
        for number, part in enumerate(message.parts):
            if isinstance(part, ImagePart) and part.data is None:
                parts.append(await _inline(part, f"messages[{index}].content[{number}]", images))
            else:
                parts.append(part)
        messages.append(replace(message, parts=tuple(parts)))
    return replace(request, messages=tuple(messages))


async def _inline(part: ImagePart, place: str, images: ImageFetcher | None) -> ImagePart:
    if images is None:
        raise InvalidRequest(
            f"{place}: this backend takes images inline, and Headgate may not fetch them",
            param=place,
            hint="send it as a `data:` URL in base64, or let the operator set `server.image_hosts`",
        )
    try:
        fetched = await images.fetch(part.url or "")
    except InvalidRequest as error:
        raise InvalidRequest(f"{place}: {error.message}", param=place, hint=error.hint) from error
    return replace(part, url=None, data=fetched.data, media_type=fetched.media_type)
