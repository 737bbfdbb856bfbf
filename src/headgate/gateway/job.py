"""One request on its way: what is known about it, and its entries in the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec.structs import replace

from headgate.core.errors import CallerError, HeadgateError, NoTarget, UpstreamRejected
from headgate.core.inbound import Inbound
from headgate.core.ports import Clock, Recorder
from headgate.core.stream import Answer, Timing
from headgate.core.usage import Usage
from headgate.gateway.affinity import Prompt
from headgate.gateway.auditing import note_end, note_sent
from headgate.gateway.budgets import Budgets, Hold
from headgate.gateway.masking import Masked, Masks
from headgate.gateway.retry import cause_of, outcome_of
from headgate.gateway.route import Route
from headgate.gateway.target import Target, Work
from headgate.ledger.entry import AttemptEntry, DecisionEntry, Outcome, Role, Status
from headgate.policy.decision import Actions, Candidate, RequestFacts
from headgate.policy.treatment import changes_at
from headgate.privacy.answers import AnswerRestorer
from headgate.wire.dialect import BackendDialect, ClientDialect

CascadeEnd = Literal["accepted", "escalated"]
_json = msgspec.json.Encoder()
_TARGETS_FAULT = frozenset({"timeout", "unavailable", "server_error", "cut"})
_OVERLOAD = frozenset({"rate_limit", "timeout"})


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """Everything the steps after the decision need. Lives as long as the request."""

    id: str
    inbound: Inbound
    dialect: ClientDialect
    route: Route
    model: str
    facts: RequestFacts
    candidates: tuple[Candidate, ...]
    ranked: tuple[str, ...]
    vetoed_by: tuple[str, ...]
    rules_version: str
    key_name: str | None
    clock: Clock
    recorder: Recorder
    started_at: float
    started: float
    """Monotonic."""
    answer_with_asked_model: bool = False
    on_loading: Callable[[str], None] | None = None
    """See `gateway.handle.Call`."""
    forwarded: Mapping[str, str] | None = None
    """The client's headers that a backend of its own dialect gets, too."""
    prompt: Prompt | None = None
    """Where the route prefers targets that have read its beginning."""
    budgets: Budgets | None = None
    masks: Masks | None = None
    """Where something was found that may have to be masked."""
    found: Mapping[str, int] = field(default_factory=dict)
    """What a scan found, by label."""
    has_left: bool = False
    """A target outside has been sent something of it, as the audit log says."""
    readers: "tuple[Callable[[Attempt, Answer], None], ...]" = ()
    """Told the answer once the client has it."""
    verdict: str | None = None
    """What a cascade or a hedge came to, in words; quotes nothing."""
    cascade: CascadeEnd | None = None
    on_answered: "Callable[[Job, str | None], None] | None" = None
    """Told who served an answer that is complete, to learn from it."""
    tries: int = 0
    is_finished: bool = False

    def masked_for(self, target: Target) -> Masked | None:
        """What `target` gets in place of the request; `None`: the request itself.

        Raises:
            HeadgateError: Something cannot be masked.
        """
        if self.masks is None:
            return None
        changes = changes_at(self.facts, self.actions_at(target), is_local=target.is_local)
        return self.masks.of(changes) if changes else None

    def is_sendable_to(self, target: Target) -> bool:
        """Whether everything can be masked that must be."""
        try:
            self.masked_for(target)
        except HeadgateError:
            return False
        return True

    def actions_at(self, target: Target) -> Actions:
        """What the route says of labels at this target."""
        place = self.route.by_target.get(target.name)
        return () if place is None else place.actions

    def answered_by(self, attempt: "Attempt", answer: Answer) -> None:
        """Tell everybody who reads along."""
        for reader in self.readers:
            reader(attempt, answer)

    def served(self, attempt: "Attempt") -> None:
        """The client has its answer."""
        if attempt.role == "hedge":
            told = f"`{attempt.target.name}`, asked beside a slow first target, began earlier"
            self.verdict = "; ".join(filter(None, (self.verdict, told)))
        self.finish("answered", 200, attempt.target.name)

    def finish(self, status: Status, http_status: int, served_by: str | None = None) -> None:
        """Write the decision, once."""
        if self.is_finished:
            return
        self.is_finished = True
        facts = self.facts
        self.recorder.record(
            DecisionEntry(
                id=self.id,
                at=self.started_at,
                operation=facts.operation,
                route=facts.route,
                requested_model=self.inbound.model,
                key_name=self.key_name,
                environment=facts.environment,
                stream=self.inbound.stream,
                facts=_json.encode(facts),
                candidates=_json.encode(self.candidates),
                ranked=self.ranked,
                status=status,
                served_by=served_by,
                http_status=http_status,
                attempts=self.tries,
                duration_ms=(self.clock.monotonic() - self.started) * 1000,
                rules_version=self.rules_version,
                verdict=self.verdict,
                vetoed_by=self.vetoed_by,
            )
        )
        note_end(self, status, served_by)
        if self.on_answered is not None and status == "answered":
            self.on_answered(self, served_by)


@dataclass(slots=True, eq=False)
class Attempt:
    """One try at one target, from before it is sent until its entry is written."""

    job: Job
    target: Target
    model: str
    role: Role = "serve"
    number: int = 0
    started_at: float = 0.0
    started: float = 0.0
    ttft_ms: float | None = None
    http_status: int | None = None
    response_model: str | None = None
    usage: Usage | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    """Request fields the target was not sent, or sent otherwise."""
    note: str | None = None
    """What it came to, in our words; quotes nothing."""
    hold: Hold | None = None
    """Money kept for it."""
    is_open: bool = True
    was_sent: bool = False
    """The target may have it."""
    is_probe: bool = False
    filled_it: bool = field(default=False, init=False)
    """With it, the target's slots were all taken."""
    was_loading: bool = field(default=False, init=False)
    """Its speed says nothing of the model."""
    dialect: BackendDialect = field(init=False)
    """What the target is spoken to in: the client's own where it knows that."""
    is_relayed: bool = field(init=False)
    """Client and backend speak the same dialect."""
    masked: Masked | None = field(init=False)
    """What the target gets in place of the request, where anything in it is masked."""
    restorer: AnswerRestorer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.masked = self.job.masked_for(self.target)
        client = self.job.dialect.name
        self.dialect = self.target.speaks(client, self.job.inbound.operation)
        self.is_relayed = self.dialect.name == client
        self.job.tries += 1
        self.number = self.job.tries
        self.started_at = self.job.clock.now()
        self.started = self.job.clock.monotonic()
        if self.role != "batch":
            # What waits in a provider's queue takes no slot, and proves nothing of its speed.
            self.was_loading = self.target.is_loading
            self.is_probe = self.target.begin(self.started)
            self.filled_it = self.target.slots.is_full

    @property
    def inbound(self) -> Inbound:
        """The request as the target gets it."""
        return self.job.inbound if self.masked is None else self.masked.inbound

    def restoring(self) -> AnswerRestorer | None:
        """What puts masked values back into its answer, those of earlier requests included, from
        which a backend may go on; `None` where there are none."""
        masks = self.job.masks
        may_hold = self.masked is not None or not self.target.is_local
        if self.restorer is None and masks is not None and may_hold:
            self.restorer = masks.restorer(is_relayed=self.is_relayed)
        return self.restorer

    def _noted(self) -> str | None:
        """Its note, with what was masked and what of that the model has changed."""
        if self.masked is None:
            return self.note
        told = [self.note, self.masked.in_words()]
        if self.restorer is not None and self.restorer.unrestored:
            told.append(f"{self.restorer.unrestored} placeholders not recognised in the answer")
        return ", ".join(filter(None, told))

    async def reserve(self, facts: RequestFacts | None = None) -> None:
        """Keep the most it may cost, once, before anything is sent.

        Raises:
            NoTarget: A budget has not so much left.
        """
        budgets = self.job.budgets
        if budgets is not None and self.hold is None:
            facts = facts or self.job.facts
            try:
                self.hold = await budgets.reserve(
                    self.target, self.model, facts, at=self.started_at
                )
            except NoTarget:
                # Never sent, so it has cost nothing, and that is known.
                self.usage = Usage()
                raise

    def saw_first_token(self) -> None:
        """Model output has arrived."""
        if self.ttft_ms is None:
            self.ttft_ms = (self.job.clock.monotonic() - self.started) * 1000

    def timing(self) -> Timing:
        """How long it has taken up to now."""
        now = self.job.clock.monotonic()
        spent_ns = int((now - self.started) * 1e9)
        first_ns = None if self.ttft_ms is None else int(self.ttft_ms * 1e6)
        return Timing(
            total_ns=int((now - self.job.started) * 1e9),
            first_output_ns=first_ns,
            output_ns=max(0, spent_ns - (first_ns or 0)),
        )

    def close(self, outcome: Outcome, error: str | None = None) -> None:
        """Write the entry, once, and let the target go."""
        if not self.is_open:
            return
        self.is_open = False
        target = self.target
        duration_ms = (self.job.clock.monotonic() - self.started) * 1000
        pricing = target.pricing
        if self.role == "batch":
            pricing = replace(pricing, is_batch=True)
        else:
            self._leave(outcome, duration_ms)
        entry = AttemptEntry(
            decision_id=self.job.id,
            number=self.number,
            target=target.name,
            provider=target.provider.name,
            model=self.model,
            response_model=self.response_model,
            is_local=target.is_local,
            region=target.region,
            started_at=self.started_at,
            duration_ms=duration_ms,
            ttft_ms=self.ttft_ms,
            outcome=outcome,
            error=error,
            http_status=self.http_status,
            usage=self.usage,
            pricing=pricing,
            role=self.role,
            note=self._noted(),
        )
        self._settle(entry)
        self.job.recorder.record(entry)
        note_sent(self)

    def _settle(self, entry: AttemptEntry) -> None:
        """Count what it cost against the budgets it was kept from."""
        budgets, hold = self.job.budgets, self.hold
        if budgets is None:
            return
        if hold is None and self.role == "batch":
            # Handed over long ago, maybe by another process.
            hold = budgets.hold_nothing(self.target, self.job.facts, at=self.started_at)
        if hold is not None:
            budgets.settle(hold, entry)

    def _leave(self, outcome: Outcome, duration_ms: float) -> None:
        """Let the target go, and keep what was learnt of its speed."""
        target = self.target
        if outcome == "answered":
            target.health.succeeded()
            if not self.was_loading:
                target.learn(self._work(duration_ms))
            if self.job.prompt is not None:
                target.prefixes.note(self.job.prompt.blocks, self.started)
        target.end(was_probe=self.is_probe, began=self.started)

    def _work(self, duration_ms: float) -> Work:
        return Work(
            model=self.model,
            began=self.started,
            ended=self.started + duration_ms / 1000,
            ttft_ms=self.ttft_ms,
            tokens_per_s=self._speed(duration_ms),
            filled_it=self.filled_it,
            input_tokens=self.job.facts.input_tokens,
            cached_tokens=self._cached_tokens(),
            output_tokens=self.usage.output_tokens if self.usage is not None else 0,
        )

    def _cached_tokens(self) -> int:
        if self.job.prompt is None:
            return 0
        name = self.target.name
        return next((c.cached_tokens for c in self.job.candidates if c.name == name), 0)

    def fail(self, error: HeadgateError) -> None:
        """Close with what went wrong, and let it count against the target where it is its fault."""
        self.close(outcome_of(error), without_text(error))
        cause, now = cause_of(error), self.job.clock.monotonic()
        if cause in _OVERLOAD:
            self.target.overloaded(now, self.started)
        if cause in _TARGETS_FAULT:
            self.target.health.failed(now)

    def _speed(self, duration_ms: float) -> float | None:
        """Output tokens per second after the first; `None` without a count or a first."""
        usage, ttft_ms = self.usage, self.ttft_ms
        if usage is None or usage.output_tokens < 2 or ttft_ms is None or duration_ms <= ttft_ms:
            return None
        return (usage.output_tokens - 1) * 1000 / (duration_ms - ttft_ms)


def without_text(error: HeadgateError) -> str:
    """What went wrong in words of ours: a backend's own, or those for a caller, may quote them."""
    if isinstance(error, UpstreamRejected):
        return f"status {error.http_status}"
    return error.code if isinstance(error, CallerError) else error.message
