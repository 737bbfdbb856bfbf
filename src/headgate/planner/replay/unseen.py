"""Verdicts that hold whatever the fields are that vary from request to request.

Rules are pure, so a verdict depends on what a rule does with the fields it reads and on nothing
else. A rule is asked with stand-ins for the values that vary. A stand-in has no value: whatever
is done with it but to tell it from `None` ends the attempt. Where a value may be `None`, the rule
is asked with that as well, and has to say the same.
"""

from typing import Any, NoReturn

from msgspec.structs import fields

from headgate.policy.decision import Candidate, RequestFacts, Rule, Verdict, Veto

VARYING_FACTS = frozenset(
    {
        *("input_tokens", "expected_output_tokens", "max_output_tokens", "complexity", "gain"),
        *("session", "draw", "deadline_ms"),
    }
)
VARYING_CANDIDATE = frozenset(
    {
        *("in_flight", "ttft_ms", "output_tokens_per_s", "p95_ttft_ms", "waiting", "wait_ms"),
        *("load_ms", "cached_tokens", "saved_ms", "usd_per_input_mtok", "usd_per_output_mtok"),
    }
)
MOST_TIMES = 64
"""That a rule is asked: what it reads may be `None` in so many ways."""


class Used(BaseException):
    """A verdict depends on a value that varies. No rule takes it for an error of its own."""


def _use(*_: object) -> NoReturn:
    raise Used


_MAKING = {"__new__", "__init__", "__init_subclass__", "__subclasshook__", "__class__", "__doc__"}
_operations = {
    name
    for kind in (int, float, str, frozenset, dict)
    for name in {*dir(kind)} - _MAKING
    if name.startswith("__")
}
Unseen: Any = type("Unseen", (), dict.fromkeys(_operations, _use))
"""Stands for a value that is not `None`; whatever else is asked of it raises `Used`."""


class Seen:
    """What rules have read, as far as requests must agree in it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.facts: set[str] = set()
        self.candidate: set[str] = set()
        self.known_or_not: set[str] = set()
        """Varying facts of which it matters whether they are `None`."""

    @property
    def size(self) -> int:
        """How many fields."""
        return len(self.facts) + len(self.candidate) + len(self.known_or_not)

    def steady_verdict(
        self, rule: Rule, facts: RequestFacts, candidate: Candidate
    ) -> Verdict | None:
        """The verdict on all that agree in what is seen; `None`: there is none, ask each time."""
        lacking = frozenset(name for name in self.known_or_not if getattr(facts, name) is None)
        agreed: Verdict | None = None
        waiting, known = [lacking], {lacking}
        while waiting:
            absent = waiting.pop()
            optional: set[str] = set()
            verdict = _verdict(
                rule,
                _Veiled(facts, VARYING_FACTS, self.facts, absent, optional),
                _Veiled(candidate, VARYING_CANDIDATE, self.candidate, absent, optional),
            )
            optional -= self.known_or_not
            if verdict is None or not _are_alike(agreed or verdict, verdict):
                return self._narrower(rule, facts, candidate, {*optional, *_of(known)})
            agreed = verdict
            more = {absent | {name} for name in optional} - known
            known |= more
            waiting += more
            if len(known) > MOST_TIMES:
                return None
        return agreed

    def _narrower(
        self, rule: Rule, facts: RequestFacts, candidate: Candidate, optional: set[str]
    ) -> Verdict | None:
        """Where a fact is absent or not, the verdicts may be steady apart."""
        matters = (optional & VARYING_FACTS) - self.known_or_not
        if not matters:
            return None
        self.known_or_not |= matters
        return self.steady_verdict(rule, facts, candidate)


def _of(known: set[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*known)


class _Veiled:
    """Stands for facts or a candidate whose varying values are hidden."""

    def __init__(
        self,
        value: RequestFacts | Candidate,
        varying: frozenset[str],
        seen: set[str],
        absent: frozenset[str],
        optional: set[str],
    ) -> None:
        self._value, self._varying, self._seen = value, varying, seen
        self._absent, self._optional = absent, optional

    def __getattr__(self, name: str) -> Any:
        if name in self._varying:
            if name in self._absent:
                return None
            if name in _OPTIONAL:
                self._optional.add(name)
            return Unseen()
        if name not in self._value.__struct_fields__:
            # Made from fields, whichever.
            raise Used
        self._seen.add(name)
        return getattr(self._value, name)


_OPTIONAL = frozenset(
    each.name
    for kind, varying in ((RequestFacts, VARYING_FACTS), (Candidate, VARYING_CANDIDATE))
    for each in fields(kind)
    if each.name in varying and each.default is None
)


def _verdict(rule: Rule, facts: Any, candidate: Any) -> Verdict | None:
    try:
        verdict = rule.judge(facts, candidate)
        # A verdict may be made of stand-ins.
        is_plain = isinstance(verdict, Veto) or isinstance(verdict.steps + verdict.usd, int | float)
    except (Used, Exception):
        # Whatever it was: with the values themselves, the rule shows what is wrong.
        return None
    return verdict if is_plain else None


def _are_alike(one: Verdict, other: Verdict) -> bool:
    """In all that ranks."""
    if isinstance(one, Veto) or isinstance(other, Veto):
        return type(one) is type(other)
    return (one.steps, one.usd) == (other.steps, other.usd)
