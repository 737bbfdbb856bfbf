"""The life of a request: decode, label, decide, send, record.

Every way of calling Headgate (HTTP, library, dry run) comes through `Gateway`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from headgate.core.errors import BudgetSpent, Forbidden, HeadgateError, InvalidRequest, NoTarget
from headgate.core.inbound import Inbound, Operation
from headgate.core.ports import Clock, Recorder
from headgate.gateway.affinity import Prompt, prompt_of
from headgate.gateway.attempts import Sender, Whole
from headgate.gateway.budgets import Budgets
from headgate.gateway.job import Job
from headgate.gateway.masking import Masks
from headgate.gateway.pseudonym_keeper import PseudonymKeeper
from headgate.gateway.reading import Readers, Reading, read, scanned
from headgate.gateway.relay import Relay
from headgate.gateway.route import Resolved, Route, Routes
from headgate.gateway.sessions import Sessions, is_named, session_of
from headgate.gateway.target import Moment
from headgate.ledger.entry import Status
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, Decision, RequestFacts
from headgate.policy.facts import Asking, request_facts
from headgate.wire.dialect import ClientDialect

ABOUT_THE_REQUEST = frozenset({"capability", "context"})
"""Rules whose refusal the caller can cure by asking for something else."""
_NONE: frozenset[str] = frozenset()
_BUG: tuple[Status, int] = ("failed", 500)
_CANCELLED: tuple[Status, int] = ("cancelled", 499)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what is known of everything they send."""

    name: str | None = None
    labels: frozenset[str] = frozenset()
    routes: frozenset[str] | None = None
    """Routes the key may use; `None` for all."""
    team: str | None = None
    tags: frozenset[str] = frozenset()


ANYONE = Caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a request may hold."""

    messages: int = 4096
    choices: int = 16


# Not frozen, as `Prepared` and `Resolved`: that would triple the cost of making one.
@dataclass(slots=True, kw_only=True)
class Call:
    """One request as it reaches us."""

    operation: Operation
    dialect: ClientDialect
    body: bytes
    caller: Caller = ANYONE
    labels: frozenset[str] = frozenset()
    """Declared for this request, by header or argument."""
    tags: frozenset[str] = frozenset()
    session: str | None = None
    """What the client calls its conversation."""
    priority: int | None = None
    deadline_ms: float | None = None
    is_deferrable: bool = False
    """It is part of a batch."""
    forwarded: Mapping[str, str] | None = None
    """Headers for a backend of the client's own dialect."""
    on_loading: Callable[[str], None] | None = None
    """Told the decision's id when a stream has to wait for a slot, or for a local model."""


@dataclass(slots=True)
class Prepared:
    """A request with its decision, before anything was sent."""

    inbound: Inbound
    resolved: Resolved
    facts: RequestFacts
    candidates: tuple[Candidate, ...]
    decision: Decision
    prompt: Prompt | None = None
    reading: Reading | None = None
    """What was found in it, where the route looks."""


@dataclass(slots=True, kw_only=True)
class Gateway:
    """Serves calls over a fixed set of routes."""

    routes: Routes
    sender: Sender
    recorder: Recorder
    clock: Clock
    rules_version: str
    limits: Limits = field(default_factory=Limits)
    budgets: Budgets | None = None
    on_answered: Callable[[Job, str | None], None] | None = None
    """See `gateway.job.Job`."""
    answer_with_asked_model: bool = False
    sessions: Sessions = field(default_factory=Sessions)
    keeper: PseudonymKeeper = field(init=False)
    _readers: Readers = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = PseudonymKeeper(secret=self.sessions.secret, clock=self.clock)
        self._readers = Readers()

    def prepare(self, call: Call) -> Prepared:
        """Everything up to the decision; sends and records nothing.

        Raises:
            CallerError: The request is wrong, or names nothing we have.
        """
        inbound, resolved = self._opened(call)
        terms = resolved.route.reading
        reading = None if terms is None else read(inbound, terms, self.clock.monotonic)
        return self._decided(call, inbound, resolved, reading)

    async def prepared(self, call: Call) -> Prepared:
        """The same, leaving others their turn while it is read, and for no longer than allowed."""
        inbound, resolved = self._opened(call)
        terms, reading = resolved.route.reading, None
        if terms is not None:
            reading = await self._readers.read(inbound, terms, self.clock.monotonic)
        return self._decided(call, inbound, resolved, reading)

    def _opened(self, call: Call) -> tuple[Inbound, Resolved]:
        inbound = call.dialect.decode(call.operation, call.body)
        self._check_limits(inbound)
        return inbound, self.routes.resolve(inbound.model, call.caller.routes)

    def _decided(
        self, call: Call, inbound: Inbound, resolved: Resolved, reading: Reading | None
    ) -> Prepared:
        route = resolved.route
        facts = request_facts(
            inbound,
            route.demands,
            found=_NONE if reading is None else reading.labels,
            asking=self._asking(call, inbound, route),
            tiering=route.tiering,
        )
        facts = self._completed(facts, route)
        prompt = prompt_of(inbound) if facts.keeps_cache else None
        candidates = self._candidates(facts, resolved, call.dialect, prompt)
        decision = decide(facts, candidates, self.sender.rules)
        return Prepared(inbound, resolved, facts, candidates, decision, prompt, reading)

    def _asking(self, call: Call, inbound: Inbound, route: Route) -> Asking:
        caller = call.caller
        session, held_by, draw = self._together(call, inbound, route)
        declared = call.labels | caller.labels
        if (
            route.stay_local_s is not None
            and session is not None
            and is_named(inbound, call.session)
        ):
            now = self.clock.monotonic()
            declared |= self.sessions.kept_local(session, now=now, ttl_s=route.stay_local_s)
        return Asking(
            declared=declared,
            key=caller.name,
            team=caller.team,
            tags=call.tags | caller.tags,
            session=session,
            held_by=held_by,
            draw=draw,
            priority=call.priority,
            deadline_ms=call.deadline_ms,
            is_deferrable=call.is_deferrable,
        )

    def _together(
        self, call: Call, inbound: Inbound, route: Route
    ) -> tuple[str | None, str | None, int | None]:
        """The session, who holds it and the request's draw, as far as anybody asks for them."""
        needs_session = (
            route.sticky_s is not None or route.is_split or route.stay_local_s is not None
        )
        if not needs_session and call.session is None:
            return None, None, None
        session = session_of(inbound, call.caller.name, call.session, self.sessions.secret)
        held_by = None
        if route.sticky_s is not None:
            now = self.clock.monotonic()
            held_by = self.sessions.held_by(route.name, session, now=now, ttl_s=route.sticky_s)
        return session, held_by, int(session[:8], 16) if route.is_split else None

    def _completed(self, facts: RequestFacts, route: Route) -> RequestFacts:
        """The facts with what other facts decide."""
        # Conditions may ask how much of a budget is spent.
        if self.budgets is not None and (bend := self.budgets.bend(facts)):
            facts = replace(facts, bend=bend)
        if route.conditions is not None and (
            applied := route.conditions.holding(facts, self.clock.now())
        ):
            facts = replace(facts, applied=applied)
        return facts

    async def handle(self, call: Call, prepared: Prepared | None = None) -> Whole | Relay:
        """Answer one call; `prepared` is what `prepare` made of it, where that is known.

        Raises:
            HeadgateError: With `decision_id` set once a decision was made.
        """
        started_at, started = self.clock.now(), self.clock.monotonic()
        prepared = prepared or await self.prepared(call)
        if prepared.resolved.route.changes_data:
            await self.keeper.load(prepared.inbound, call.caller.name or "")
        job = self.job(call, prepared, started_at=started_at, started=started)
        self._keep_local(job, call)
        try:
            if not job.ranked:
                raise self._nowhere(prepared)
            reply = await self.sender.send(job)
            if job.masks is not None:
                await self.keeper.keep(job.inbound, call.caller.name or "", job.masks.names)
            if job.route.sticky_s is not None and job.facts.session is not None:
                name, now = reply.attempt.target.name, self.clock.monotonic()
                self.sessions.served(job.route.name, job.facts.session, name, now=now)
            return reply
        except HeadgateError as error:
            error.decision_id = job.id
            error.attempts = job.tries
            job.finish(_status(error, job), error.http_status)
            raise
        except BaseException as error:
            job.finish(*(_BUG if isinstance(error, Exception) else _CANCELLED))
            raise

    def _keep_local(self, job: Job, call: Call) -> None:
        """Once a request of a named conversation has to stay local, the later ones do, too."""
        facts = job.facts
        if facts.session is None or not facts.local_labels or job.route.stay_local_s is None:
            return
        if is_named(job.inbound, call.session):
            now = self.clock.monotonic()
            self.sessions.keep_local(facts.session, facts.local_labels, now=now)

    def job(self, call: Call, prepared: Prepared, *, started_at: float, started: float) -> Job:
        """What the steps after the decision work on."""
        return Job(
            # Sorts by time, names no one; unique, and need not be unguessable.
            id=f"{int(started_at * 1000):x}-{self.sender.random.getrandbits(48):012x}",
            inbound=prepared.inbound,
            dialect=call.dialect,
            route=prepared.resolved.route,
            model=prepared.resolved.model,
            facts=prepared.facts,
            candidates=prepared.candidates,
            ranked=tuple(prepared.decision.order),
            vetoed_by=tuple(n for item in prepared.decision.refused for n in item.vetoes),
            rules_version=self.rules_version,
            key_name=call.caller.name,
            clock=self.clock,
            recorder=self.recorder,
            started_at=started_at,
            started=started,
            answer_with_asked_model=self.answer_with_asked_model,
            forwarded=self._forwarded(call, prepared),
            on_loading=call.on_loading,
            on_answered=self.on_answered,
            prompt=prepared.prompt,
            budgets=self.budgets,
            masks=self._masks(call, prepared),
            found={} if prepared.reading is None else prepared.reading.counts,
        )

    def _forwarded(self, call: Call, prepared: Prepared) -> Mapping[str, str] | None:
        """Headers that go along; where a route looks for something, those without it only."""
        terms, now = prepared.resolved.route.reading, self.clock.monotonic
        if not call.forwarded or terms is None:
            return call.forwarded
        return {
            name: value
            for name, value in call.forwarded.items()
            if not any(scanned(value, terms, now))
        }

    def _masks(self, call: Call, prepared: Prepared) -> Masks | None:
        """The request in the forms in which targets may get it, where anything can be masked."""
        reading = prepared.reading
        if reading is None or not prepared.resolved.route.changes_data:
            return None
        inbound = prepared.inbound
        names = self.keeper.names_for(inbound, call.caller.name or "", call.session)
        return Masks(inbound=inbound, dialect=call.dialect, reading=reading, names=names)

    def _check_limits(self, inbound: Inbound) -> None:
        if inbound.message_count > self.limits.messages:
            raise InvalidRequest(
                f"{inbound.message_count} messages are over the limit of {self.limits.messages}",
                param="messages",
            )
        if inbound.choices > self.limits.choices:
            raise InvalidRequest(
                f"{inbound.choices} choices are over the limit of {self.limits.choices}",
                param="n",
            )

    def _candidates(
        self,
        facts: RequestFacts,
        resolved: Resolved,
        client: ClientDialect,
        prompt: Prompt | None,
    ) -> tuple[Candidate, ...]:
        moment = Moment(self.clock.monotonic(), self.clock.now())
        model, places = resolved.model, resolved.route.places
        made = (place.candidate(facts, model, client, moment) for place in places)
        if prompt is None:
            return tuple(made)
        return tuple(
            place.target.with_cache(candidate, facts, prompt, moment.monotonic)
            for place, candidate in zip(places, made, strict=True)
        )

    def _nowhere(self, prepared: Prepared) -> HeadgateError:
        """The error for a decision that refused every candidate."""
        facts, decision, reading = prepared.facts, prepared.decision, prepared.reading
        denied = [label for label, action in facts.actions if action == "deny"]
        if denied:
            held = ", ".join(f"`{label}`" for label in denied)
            return Forbidden(f"route `{facts.route}` takes no requests that hold {held}")
        vetoes = {item.candidate.name: item.vetoes for item in decision.refused}
        reasons = {name: "; ".join(why.values()) for name, why in vetoes.items()}
        sentence = "no target may serve this request: " + "; ".join(
            f"`{name}`: {reason}" for name, reason in reasons.items()
        )
        if reading is not None and reading.problem is not None:
            sentence += f"; it could not be scanned, because {reading.problem}"
        if vetoes and all(why.keys() <= ABOUT_THE_REQUEST for why in vetoes.values()):
            return InvalidRequest(sentence)
        free_in_s = self._free_in_s(facts, vetoes)
        if free_in_s is None and any(why.keys() == {"budget"} for why in vetoes.values()):
            return BudgetSpent(sentence, reasons=reasons)
        return NoTarget(sentence, reasons=reasons, retry_after_s=free_in_s)

    def _free_in_s(
        self, facts: RequestFacts, vetoes: Mapping[str, Mapping[str, str]]
    ) -> float | None:
        """When a target that only rests, or is only busy, may be free; `None` if none is."""
        now = self.clock.monotonic()
        waits: Iterable[float] = (
            self.routes.targets[name].free_in_s(facts, now)
            for name, why in vetoes.items()
            if why.keys() <= {"breaker", "capacity"}
        )
        return min(waits, default=None)


def _status(error: HeadgateError, job: Job) -> Status:
    if job.tries == 0:
        return "refused"
    return "rejected" if error.http_status < 500 else "failed"
