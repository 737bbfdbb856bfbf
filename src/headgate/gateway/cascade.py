"""Cheap answers first: members are asked side by side, what they say is judged, the best served.

Nothing here fails a request: what cannot be answered well enough by a member, in time and for
the money, goes to the rest of the ranking. A member that the rules refuse is not asked.
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
from msgspec.structs import replace

from headgate.core.errors import HeadgateError, NoTarget, QualityError, QualityProblem
from headgate.core.stream import Answer
from headgate.estimate.cost import expected_usd
from headgate.gateway.asker import Asker
from headgate.gateway.care import Cascading
from headgate.gateway.job import Attempt, Job
from headgate.gateway.judge import judge_facts, judge_usd, score_of
from headgate.gateway.relay import Relay
from headgate.gateway.route import Place
from headgate.gateway.tries import Draft, Whole, draft_of, settle
from headgate.policy.answer_checks import find_problem
from headgate.policy.cascade import settle as settling
from headgate.policy.cascade.estimate import DEFAULT_THRESHOLD, Verdict, judge_answers
from headgate.policy.cascade.ladder import CheckName, next_step
from headgate.policy.cascade.signals import Question, Seen, Signals, compare, question_of, see

OF_A_BEGINNING: frozenset[QualityProblem] = frozenset({"refusal", "repetition", "wrong_language"})
"""Checks that can tell before the answer has ended."""


@dataclass(slots=True)
class End:
    """What a cascade came to."""

    reply: Whole | Relay | None = None
    """The client's answer; `None`: escalate."""
    best: Draft | None = None
    """The best cheap answer, not given yet; whoever takes it gives or drops it."""
    verdict: Verdict | None = None
    asked: frozenset[str] = frozenset()
    """Members that need not be asked again."""


def applies(job: Job) -> bool:
    """Whether a request is one that cascades can judge: a chat with one answer."""
    inbound = job.inbound
    return job.route.cascade is not None and inbound.operation == "chat" and inbound.choices == 1


@dataclass(slots=True, eq=False)
class Cascade:
    """One request's. `run()` it once."""

    job: Job
    terms: Cascading
    asker: Asker
    _question: Question = field(init=False)
    _drafts: list[Draft] = field(default_factory=list)
    _positions: list[int] = field(default_factory=list)
    _seen: list[Seen] = field(default_factory=list)
    _pending: int = 0
    _changed: anyio.Event = field(default_factory=anyio.Event)
    _verdict: Verdict | None = None
    _left_usd: float | None = None

    def __post_init__(self) -> None:
        inbound = self.job.inbound
        self._question = question_of(
            inbound.turn_text,
            output_format=inbound.output_format,
            tool_schemas=inbound.tool_schemas,
        )

    @property
    def _checks(self) -> frozenset[QualityProblem]:
        # A route that checks every answer checks cheap ones, too.
        return self.terms.checks | self.job.route.checks

    @property
    def _is_by_checks(self) -> bool:
        """Nothing but checks decides over the only answer, whether it is streamed or not."""
        return self.terms.held_chars is not None

    @property
    def _holds_beginning(self) -> bool:
        # A route may ask that no stream begins before all of it is checked.
        return self._is_by_checks and self.job.inbound.stream and not self.job.route.hold_stream

    async def run(self) -> End:
        """Ask, judge, and either answer or say what is left to escalate with."""
        self._left_usd = self.terms.max_added_usd
        places = self._allowed()
        if (why := self._why_not(places)) is not None:
            return self._escalated(why, frozenset())
        job = self.job
        if job.on_loading is not None and job.inbound.stream:
            job.on_loading(job.id)
        try:
            return await self._run(places)
        except BaseException:
            self._drop_all()
            raise

    async def _run(self, places: Sequence[Place]) -> End:
        most_ms = self.terms.max_added_ms
        asked = frozenset(place.target.name for place in places)
        with anyio.move_on_after(None if most_ms is None else most_ms / 1000) as limit:
            if self._holds_beginning:
                if (end := await self._begin(places[0])) is not None:
                    return end
            else:
                await self._ask_all(places)
                await self._ask_judge()
        if self._verdict is not None and self._verdict.accepts:
            return self._accepted(self._verdict)
        why = "no member answered" if self._verdict is None else self._verdict.reason
        return self._escalated(f"{why}; time was up" if limit.cancelled_caught else why, asked)

    # Who is asked.

    def _allowed(self) -> list[Place]:
        """Members that the rules allow, and that the money is enough for."""
        job, allowed = self.job, []
        for name in self.terms.members:
            place = job.route.by_target[name]
            if name not in job.ranked or self.asker.is_refused(job, place):
                continue
            if self._affords(self._member_usd(name), is_local=place.target.is_local):
                allowed.append(place)
        return allowed

    def _member_usd(self, name: str) -> float | None:
        candidate = next(each for each in self.job.candidates if each.name == name)
        facts = self.job.facts
        return expected_usd(
            candidate.usd_per_input_mtok,
            candidate.usd_per_output_mtok,
            input_tokens=facts.input_tokens,
            output_tokens=facts.expected_output_tokens,
        )

    def _affords(self, usd: float | None, *, is_local: bool) -> bool:
        """Whether there is money left for it, which it then takes; see `rules.spend`."""
        if self._left_usd is None:
            return True
        if usd is None:
            return is_local
        if usd > self._left_usd:
            return False
        self._left_usd -= usd
        return True

    def _why_not(self, places: Sequence[Place]) -> str | None:
        """Why asking these members could not lead to an answer."""
        terms = self.terms
        if not places:
            return "no member may be asked"
        needed = terms.agree or 1
        if self._is_by_checks:
            needed = 1
        if len(places) < needed and terms.judge is None:
            return (
                f"{len(places)} of {len(terms.members)} members may be asked, {needed} must agree"
            )
        return None

    # What they say.

    async def _ask_all(self, places: Sequence[Place]) -> None:
        self._pending = len(places)
        async with anyio.create_task_group() as group:
            for position, place in enumerate(places):
                group.start_soon(self._ask, place, position)
            while self._pending and not self._is_settled():
                await self._changed.wait()
                self._changed = anyio.Event()
            group.cancel_scope.cancel()

    async def _ask(self, place: Place, position: int) -> None:
        try:
            draft = await self._draft(place, None)
        except HeadgateError:
            # Its entry says so; the others may do without it.
            draft = None
        finally:
            self._pending -= 1
            self._changed.set()
        if draft is not None:
            # In the order of the members: who is first to answer must not decide who is served.
            index = bisect(self._positions, position)
            self._positions.insert(index, position)
            self._drafts.insert(index, draft)
            self._seen.insert(index, self._see(draft))
            self._verdict = self._settled(self._signals())

    async def _draft(self, place: Place, held_chars: int | None) -> Draft:
        job, asker, target = self.job, self.asker, place.target
        await asker.admit(job, place)
        if asker.is_refused(job, place):
            raise NoTarget(f"`{target.name}` may not be asked any more", reasons={})
        attempt = Attempt(job, target, target.model or job.model, role="member")
        try:
            return await draft_of(attempt, asker.images, held_chars=held_chars)
        except HeadgateError as error:
            settle(attempt, error)
            raise

    def _see(self, draft: Draft) -> Seen:
        """What a draft shows, its problems as far as the route looks for them."""
        question, checks = self._question, self._checks
        seen = see(question, draft.attempt.target.name, draft.answer)
        if seen.problem is None or seen.problem in checks:
            return seen
        found = self._problem(draft.answer, checks)
        return replace(seen, problem=found.problem if found else None)

    def _problem(self, answer: Answer, checks: frozenset[QualityProblem]) -> QualityError | None:
        question = self._question
        return find_problem(
            answer,
            question.output_format,
            question.tool_schemas,
            checks,
            question=question.text,
        )

    def _signals(self) -> tuple[Signals, ...]:
        return compare(self._question, self._seen)

    def _settled(self, signals: Sequence[Signals]) -> Verdict:
        terms = self.terms
        if self._is_by_checks:
            return _by_checks(signals[0].problem)
        return settling.settle(signals, terms.model, agree=terms.agree, accept=terms.accept)

    def _is_settled(self) -> bool:
        """Whether members that have not answered yet could not change the outcome."""
        terms, verdict = self.terms, self._verdict
        if verdict is None:
            return False
        if verdict.accepts or terms.agree is None or terms.judge is not None:
            return verdict.accepts
        return not settling.can_still_agree(self._signals(), self._pending, terms.agree)

    async def _begin(self, place: Place) -> End | None:
        """Check the beginning of one member's stream, and go on with it if nothing is wrong."""
        try:
            draft = await self._draft(place, self.terms.held_chars)
        except HeadgateError:
            return None
        self._drafts.append(draft)
        is_whole = draft.relay is not None and draft.relay.has_ended
        checks = self._checks if is_whole else self._checks & OF_A_BEGINNING
        problem = self._problem(draft.answer, checks)
        if problem is None:
            return self._accepted(_by_checks(None))
        settle(draft.attempt, problem)
        self._verdict = _by_checks(problem.problem)
        return None

    # The judge.

    async def _ask_judge(self) -> None:
        judging, verdict = self.terms.judge, self._verdict
        if judging is None or verdict is None:
            return
        signals = self._signals()
        if judging.when == "unsure" and not self._is_unsure(signals, verdict):
            return
        draft = self._drafts[verdict.chosen]
        facts, target = judge_facts(self.job, draft.answer), judging.target
        if not self._affords(judge_usd(self.job, target, facts), is_local=target.is_local):
            return
        about = draft.attempt.target.name
        score = await score_of(self.job, target, draft.answer, self.asker, about=about)
        if score is None:
            return
        told = [*signals]
        told[verdict.chosen] = replace(told[verdict.chosen], judge=score)
        judged = judge_answers(told, self.terms.model, self._threshold)
        self._verdict = replace(judged, reason=f"{judged.reason}; the judge gives {score:.2f}")

    def _is_unsure(self, signals: Sequence[Signals], verdict: Verdict) -> bool:
        """Whether a judge could still change the verdict."""
        if verdict.accepts:
            return False
        estimate = self.terms.model.predict(signals)[verdict.chosen]
        judge: CheckName = "judge"
        step = next_step(
            signals[verdict.chosen], estimate, self._threshold, done=(), offered=[judge]
        )
        return step.check is not None

    @property
    def _threshold(self) -> float:
        accept = self.terms.accept
        return DEFAULT_THRESHOLD if accept is None else accept

    # How it ends.

    def _accepted(self, verdict: Verdict) -> End:
        draft = self._drafts.pop(verdict.chosen)
        self._drop_all()
        job = self.job
        job.cascade = "accepted"
        job.verdict = f"accepted the answer of `{draft.attempt.target.name}`: {verdict.reason}"
        return End(reply=draft.give(), verdict=verdict)

    def _escalated(self, why: str, asked: frozenset[str]) -> End:
        verdict = self._verdict
        best = None
        if verdict is not None and self._seen:
            fits = self._seen[verdict.chosen].problem is None
            best = self._drafts.pop(verdict.chosen) if fits else None
        self._drop_all()
        self.job.cascade = "escalated"
        self.job.verdict = f"escalated: {why}"
        return End(best=best, verdict=verdict, asked=asked)

    def _drop_all(self) -> None:
        for draft in self._drafts:
            draft.drop()
        self._drafts.clear()


def _by_checks(problem: QualityProblem | None) -> Verdict:
    if problem is None:
        return Verdict(0, 1.0, True, "no check found a problem")
    return Verdict(0, 0.0, False, f"its answer fails the check `{problem}`")
