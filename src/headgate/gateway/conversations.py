"""Conversations of OpenAI's Responses API that go on from an earlier response.

Who made the id of a response keeps it. Headgate keeps those it gave out, for the caller
that asked, where a store is configured; a backend that speaks this API may keep its own.
So a `previous_response_id`

* that the store knows stands for the items of that turn, which are sent in its place to
  whatever target is chosen (its `instructions` are not among them);
* goes on untouched where the route has exactly one target, which speaks this API itself,
  unless the store has the response from elsewhere;
* is refused anywhere else: another target could not know it.

A `conversation` is only ever kept by a backend, so for it only the second holds. Without
a store `store: true` is no error, for it is what SDKs leave out: the response says that
`store` is false. What a backend keeps of a request that is relayed is between the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from headgate.core.errors import InvalidRequest
from headgate.core.ports import Clock
from headgate.gateway.attempts import Whole
from headgate.gateway.count_tokens import Estimated
from headgate.gateway.handle import Call, Gateway
from headgate.gateway.job import Attempt
from headgate.gateway.loading import Loaded
from headgate.gateway.relay import Relay
from headgate.gateway.response_store import Kept, PreviousResponseNotFound, ResponseStore
from headgate.wire.members import UNREADABLE
from headgate.wire.responses.kept import (
    State,
    answered,
    changed_event,
    changed_response,
    items_of,
    state_of,
    with_items,
)
from headgate.wire.sse import Event, EventDecoder

DIALECT = "openai_responses"
_SEND_ITEMS = "send the earlier items in `input`"
_HOW_TO_KEEP = f"{_SEND_ITEMS}; the operator may also set `server.responses.store: memory`"


class Streamed(Protocol):
    """A streamed answer on its way to a client; see `gateway.relay.Relay`."""

    attempt: Attempt

    async def next(self) -> bytes:
        """The next bytes; `b""` when there are no more."""
        ...

    def close(self) -> None:
        """Drop what is still open."""
        ...


class Handler(Protocol):
    """Whatever answers calls: a gateway, or something around one."""

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    async def handle(self, call: Call) -> Whole | Streamed | Estimated | Loaded:
        """Answer one call."""
        ...


@dataclass(slots=True, kw_only=True)
class _Turn:
    """A request on its way, and what its response will be kept with."""

    owner: str | None
    items: tuple[bytes, ...]
    new_bytes: int
    previous: Kept | None
    is_kept: bool

    def changes(self, attempt: Attempt) -> Mapping[str, Any]:
        """What the response must say otherwise than whoever wrote it."""
        said: dict[str, Any] = {}
        if self.previous is not None:
            said["previous_response_id"] = self.previous.id
        if self.is_kept and not attempt.is_relayed:
            said["store"] = True
        return said


class Conversations:
    """Answers calls of this API through a gateway; keeps responses where it has a store."""

    def __init__(self, gateway: Gateway, store: ResponseStore | None) -> None:
        """Without a store nothing is kept."""
        self.store = store
        self._gateway = gateway

    @property
    def clock(self) -> Clock:
        """The gateway's."""
        return self._gateway.clock

    async def handle(self, call: Call) -> Whole | Streamed:
        """Answer one call.

        Raises:
            HeadgateError: As the gateway does, and where an earlier turn is not to be had.
        """
        state = state_of(call.body)
        if state is None or not state.model:
            # The gateway says what is wrong with it.
            return await self._gateway.handle(call)
        if self.store is None and not state.previous_response_id and not state.conversation:
            # Nothing to look up and nowhere to keep it: its items need not be taken apart.
            return await self._gateway.handle(call)
        turn = self._turn(call, state)
        if turn.previous is not None:
            call = replace(call, body=with_items(call.body, turn.items))
        reply = await self._gateway.handle(call)
        if not turn.is_kept and turn.previous is None:
            return reply
        if isinstance(reply, Relay):
            return _Keeping(reply, turn, self)
        body = changed_response(reply.body, turn.changes(reply.attempt))
        self.keep(body, turn, reply.attempt)
        return Whole(body, reply.attempt)

    def keep(self, response: bytes, turn: _Turn, attempt: Attempt) -> None:
        """Keep a complete response, where it is wanted."""
        if self.store is None or not turn.is_kept:
            return
        try:
            identity, output = answered(response)
        except UNREADABLE:
            return
        kept = Kept(
            id=identity,
            items=turn.items,
            output=output,
            body=response,
            relayed_by=attempt.target.name if attempt.is_relayed else None,
            own_bytes=len(response) + sum(map(len, output)) + turn.new_bytes,
        )
        self.store.keep(turn.owner, kept)

    def _turn(self, call: Call, state: State) -> _Turn:
        previous = self._previous(call, state)
        new = items_of(state.input)
        earlier = () if previous is None else (*previous.items, *previous.output)
        return _Turn(
            owner=call.caller.name,
            items=(*earlier, *new),
            new_bytes=sum(map(len, new)),
            previous=previous,
            is_kept=self.store is not None and state.store is not False,
        )

    def _previous(self, call: Call, state: State) -> Kept | None:
        """The earlier turn whose items are to be sent; `None` where a backend knows it.

        Raises:
            InvalidRequest: Nobody knows it.
        """
        identity = state.previous_response_id
        if not identity and not state.conversation:
            return None
        sole = self._sole_target(call, state.model or "")
        if not identity:
            if sole is None:
                raise InvalidRequest(
                    "conversation: it is kept by a backend, and this route may choose others",
                    param="conversation",
                    hint=_SEND_ITEMS,
                )
            return None
        kept = self.store.find(call.caller.name, identity) if self.store is not None else None
        if kept is not None and (sole is None or kept.relayed_by != sole):
            return kept
        if sole is not None:
            return None
        if self.store is None:
            raise InvalidRequest(
                "previous_response_id: Headgate keeps no responses here",
                param="previous_response_id",
                hint=_HOW_TO_KEEP,
            )
        raise PreviousResponseNotFound(
            f"previous_response_id: there is no response `{identity}`, or no longer",
            param="previous_response_id",
            hint=_SEND_ITEMS,
        )

    def _sole_target(self, call: Call, model: str) -> str | None:
        """The only target of the request's route, where it speaks this API itself."""
        places = self._gateway.routes.resolve(model, call.caller.routes).route.places
        if len(places) != 1:
            return None
        target = places[0].target
        return target.name if target.speaks(DIALECT, "chat").name == DIALECT else None


class _Keeping:
    """A stream whose last event is kept on the way."""

    def __init__(self, relay: Relay, turn: _Turn, conversations: Conversations) -> None:
        self.attempt = relay.attempt
        self._relay = relay
        self._turn = turn
        self._conversations = conversations
        self._changes = turn.changes(relay.attempt)
        self._events = EventDecoder()

    async def next(self) -> bytes:
        """The next bytes for the client; whole events, as the relay's are."""
        told = b""
        while not told and (data := await self._relay.next()):
            told = b"".join(map(self._told, self._events.feed(data)))
        return told

    def close(self) -> None:
        """Close the relay."""
        self._relay.close()

    def _told(self, event: Event) -> bytes:
        raw, response = changed_event(event, self._changes)
        if response is not None:
            self._conversations.keep(response, self._turn, self.attempt)
        return raw
