"""Which data may go to which targets, and why: the router's own verdicts, for every kind of data.

Needs no keys, starts nothing, sends nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from headgate.config.in_force import book_of
from headgate.config.schema import ClientKey, RouteSettings, Settings
from headgate.core.inbound import Inbound
from headgate.core.plugins import load
from headgate.engine.engine import LocalModel
from headgate.gateway.route import Place, Route
from headgate.gateway.target import Moment, Target
from headgate.policy.compliance.builtin import classes
from headgate.policy.compliance.evaluate import Shortfall, shortfalls
from headgate.policy.compliance.policy import PERSONAL, Policy
from headgate.policy.compliance.standing import SAID_IN
from headgate.policy.decide import assess
from headgate.policy.decision import RequestFacts, Rule
from headgate.policy.facts import NOTHING_SAID, Asking, request_facts
from headgate.policy.registry import all_rules
from headgate.policy.situation import situation_of
from headgate.policy.treatment import ATTACHMENT, UNSCANNED
from headgate.runtime.replay_policy import NotRunning
from headgate.runtime.routes import build_routes, is_audited
from headgate.runtime.targets import TargetBuilder
from headgate.wire.dialect import ClientDialect

How = Literal["yes", "masked", "redacted", "no"]
WHERE = ("compliance", "environment", "privacy", "residency")
"""Rules about where data may go."""
NOTHING_FOUND = "(nothing found)"
SAMPLE_OF: Mapping[str, str] = {
    PERSONAL: "personal",
    "card_security": "cvv",
    "health": "phi",
    "financial": "financial",
    "legal": "privileged",
    "government": "government",
    "proprietary": "trade_secret",
}
"""What stands for a class of labels, where it is not the first of its own."""
ASKED_AS: Mapping[str, str] = {
    "trains_default": "no_training",
    "baa_excludes": "features_eligible",
}
"""Published figures that policies ask for by another name."""
_NONE: frozenset[str] = frozenset()


class Cell(Struct, frozen=True, kw_only=True):
    """What becomes of some data at one target."""

    target: str
    how: How
    shortfalls: tuple[Shortfall, ...] = ()
    """Policies that are not met, and what is missing for each."""
    reasons: dict[str, str]
    """Of other rules, by name: why not; where it may be had, what each says."""


class Row(Struct, frozen=True, kw_only=True):
    """Some data on a route, sent with a key, and where it may go."""

    route: str
    key: str | None
    """`None`: any key that is subject to nothing of its own."""
    label: str
    policies: tuple[str, ...]
    """Those that are about it."""
    cells: tuple[Cell, ...]

    @property
    def goes_nowhere(self) -> bool:
        """Whether nobody may have it."""
        return all(cell.how == "no" for cell in self.cells)


class OutOfDate(Struct, frozen=True, kw_only=True):
    """A fact about a target that counts as unknown, because its day has passed."""

    target: str
    fact: str
    since: date
    at: str
    is_published: bool = True
    """By the provider; else it is the operator's own word."""


class Compliance(Struct, frozen=True, kw_only=True):
    """The whole matrix of a configuration on one day."""

    day: date
    policies: tuple[Policy, ...]
    rows: tuple[Row, ...]
    out_of_date: tuple[OutOfDate, ...]


def compliance_of(settings: Settings, day: date, labels: Sequence[str] = ()) -> Compliance:
    """What may go where on `day`; `labels` are looked at beside those that the settings name."""
    at = datetime.combine(day, time(12), UTC)
    targets = _targets(settings, at)
    routes = build_routes(settings, targets).by_name
    return Compliance(
        day=day,
        policies=tuple(_in_force(settings)),
        rows=tuple(
            _row(settings, routes[name], key, label, at)
            for name, route in settings.routes.items()
            for key in _keys(settings, name)
            for label in (None, *dict.fromkeys((*_labels(settings, route), *labels)))
        ),
        out_of_date=tuple(_out_of_date(settings, targets, day)),
    )


def _targets(settings: Settings, now: datetime) -> dict[str, Target]:
    client: Any = None
    builder = TargetBuilder(
        client=client,
        open_model=_not_running,
        environ={},
        now=now,
        uses_batch_apis=settings.batches.enabled and settings.batches.provider_apis,
        audit_log=is_audited(settings),
    )
    return {
        name: builder.build(name, each, is_used=False) for name, each in settings.targets.items()
    }


def _not_running(model: str) -> LocalModel:
    return NotRunning(model)


def _in_force(settings: Settings) -> Iterator[Policy]:
    """Every policy of some route, once, whoever's keys it is for."""
    seen: set[str] = set()
    for route in settings.routes.values():
        book = book_of(settings, route)
        for policy in book.policies if book else ():
            if policy.id not in seen:
                seen.add(policy.id)
                yield policy


def _keys(settings: Settings, route: str) -> Iterator[ClientKey | None]:
    """Nobody in particular, and the keys that something more is said of."""
    keys = settings.server.keys
    asked = {name for policy in _in_force(settings) for name in policy.when.keys}
    teams = {name for policy in _in_force(settings) for name in policy.when.teams}
    special = [
        key
        for key in keys
        if key.labels or key.compliance or key.name in asked or key.team in teams
    ]
    if not keys or len(special) < len(keys):
        yield None
    for key in special:
        if key.routes is None or route in key.routes:
            yield key


def _labels(settings: Settings, route: RouteSettings) -> Iterator[str]:
    """What may be found, what is declared, and one label of each class that policies name."""
    privacy = route.privacy
    yield from route.labels
    if privacy is not None:
        yield from (*privacy.labels, *privacy.actions, *privacy.detect)
    for key in settings.server.keys:
        yield from key.labels
    for policy in _in_force(settings):
        yield from sorted(policy.when.labels)
        for name in sorted(policy.when.classes):
            yield SAMPLE_OF.get(name) or min(classes().labels[name])


def _row(
    settings: Settings, route: Route, key: ClientKey | None, label: str | None, at: datetime
) -> Row:
    facts = _facts(settings, route, key, label)
    cells = tuple(_cell(place, facts, at.timestamp()) for place in route.places)
    return Row(
        route=route.name,
        key=None if key is None else key.name,
        label=label or NOTHING_FOUND,
        policies=tuple(each.policy.id for each in facts.policies),
        cells=cells,
    )


def _facts(
    settings: Settings, route: Route, key: ClientKey | None, label: str | None
) -> RequestFacts:
    """A request that holds something: found where the route looks for it, else declared."""
    inbound = Inbound(
        dialect="openai_chat", operation="chat", body=b"{}", fields={}, model=route.name
    )
    some = _NONE if label is None else frozenset({label})
    is_found = label in {*route.demands.detect, ATTACHMENT, UNSCANNED}
    asking = NOTHING_SAID
    if key is not None:
        asking = Asking(key=key.name, team=key.team, tags=frozenset(key.tags))
    declared = (_NONE if is_found else some) | frozenset(key.labels if key is not None else ())
    return request_facts(
        inbound,
        route.demands,
        found=some if is_found else _NONE,
        asking=replace(asking, declared=declared),
    )


def _cell(place: Place, facts: RequestFacts, unix: float) -> Cell:
    model = place.target.model or place.target.name
    candidate = place.candidate(facts, model, _client_dialect(), Moment(0.0, unix))
    assessed = assess(facts, candidate, _where())
    situation = situation_of(facts, candidate)
    if assessed.is_refused:
        vetoes = {n: reason for n, reason in assessed.vetoes.items() if n != "compliance"}
        failed = shortfalls(facts.policies, situation)
        return Cell(target=candidate.name, how="no", shortfalls=failed, reasons=vetoes)
    reasons = {n: verdict.reason for n, verdict in assessed.verdicts.items()}
    changes = situation.changes.values()
    how: How = "masked" if "mask" in changes else "redacted" if changes else "yes"
    return Cell(target=candidate.name, how=how, reasons=reasons)


@cache
def _where() -> dict[str, Rule]:
    rules = all_rules()
    return {name: rules[name] for name in WHERE}


@cache
def _client_dialect() -> ClientDialect:
    dialect: ClientDialect = load("headgate.wire.dialects", "openai_chat", "DIALECT")
    return dialect


def _out_of_date(
    settings: Settings, targets: Mapping[str, Target], day: date
) -> Iterator[OutOfDate]:
    asked = frozenset().union(*(policy.facts for policy in _in_force(settings)))
    for name, target in targets.items():
        said = settings.targets[name].compliance
        if said is not None and said.until is not None and said.until < day:
            since = said.until + timedelta(days=1)
            yield OutOfDate(
                target=name,
                fact="everything signed",
                since=since,
                at=SAID_IN,
                is_published=False,
            )
        figures = {} if target.dossier is None else target.dossier.published(target.model)
        for fact, figure in figures.items():
            if figure.is_expired(day) and ASKED_AS.get(fact, fact) in asked:
                source = figure.source
                yield OutOfDate(target=name, fact=fact, since=source.stale_after, at=source.at)
