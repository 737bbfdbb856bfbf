"""A replay from what somebody asks for: policies from files, traffic from the ledger or a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from headgate.catalog.prices import list_name, use_list
from headgate.config.load import read_file
from headgate.config.schema import Settings
from headgate.core.errors import HeadgateError, InvalidRequest
from headgate.ledger.replay import answer_speeds
from headgate.ledger.store import LedgerStore
from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import Policy
from headgate.planner.replay.report import Replay
from headgate.planner.replay.simulate import Simulation, replay
from headgate.planner.replay.speeds import Measured, Sample, measured
from headgate.policy.registry import all_rules
from headgate.runtime.past_traffic import LedgerTraffic, file_traffic
from headgate.runtime.price_file import use_fetched_prices
from headgate.runtime.replay_policy import Said, policy_of
from headgate.traffic.requests import Requests, open_requests

SQLITE = b"SQLite format 3\x00"
DEFAULT_SEED = 1
ASSUMED = (
    "an answer is as long from one target as from another",
    "what failed a request then would fail it again; what was not tried would have answered",
    "at another target than then, no prompt is cached",
)
OF_TRACES = (
    "of each request only its time and tokens are known: it is a chat that needs nothing",
    "an answer is as long from one target as from another",
    "no prompt is cached anywhere",
    "prices are those of today, whenever the requests were made",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be replayed."""

    policies: Sequence[Path]
    source: LedgerStore | Path
    source_name: str = "ledger"
    form: str | None = None
    """Of a usage file, where its columns do not tell."""
    since: float | None = None
    until: float | None = None
    prices: Path | None = None
    """A price list to use instead of the installed one."""
    speeds: Mapping[str, Said] = field(default_factory=dict)
    seed: int = DEFAULT_SEED
    environ: Mapping[str, str] = field(default_factory=dict)
    now: datetime


def is_ledger(path: Path) -> bool:
    """Whether a file is a ledger, by how it begins."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError as error:
        raise InvalidRequest(f"cannot read `{path}`: {error.strerror}") from error


def make_replay(question: Question) -> Replay:
    """Replay the traffic under every policy.

    Raises:
        HeadgateError: A policy, the price list or the traffic cannot be used.
    """
    settings = {path: read_file(path, question.environ).settings for path in question.policies}
    _use_prices(question)
    speeds = _measured(question)
    policies = [
        _policy(_name(path, question.policies), each, question, speeds)
        for path, each in settings.items()
    ]
    _refuse_strange_targets(question.speeds, policies)
    with ExitStack() as stack:
        source = stack.enter_context(_opened(question, policies))
        return _replayed(question, policies, source)


@dataclass(slots=True)
class _Source:
    traffic: Iterable[Past]
    is_dated: bool
    notes: list[str]
    ledger: LedgerTraffic | None = None


@contextmanager
def _opened(question: Question, policies: Sequence[Policy]) -> Iterator[_Source]:
    if isinstance(question.source, LedgerStore):
        ledger = LedgerTraffic(question.source, question.since, question.until)
        yield _Source(ledger, True, list(ASSUMED), ledger)
        return
    with open_requests(question.source, format=question.form) as requests:
        notes = list(OF_TRACES)
        if requests.left_out:
            notes.append(f"{requests.left_out:,} rows of the file are left out")
        yield _Source(_within(requests, question), requests.is_dated, notes)


def _within(requests: Requests, question: Question) -> Iterator[Past]:
    since, until = question.since, question.until
    for past in file_traffic(requests.rows, question.now.timestamp()):
        if (since is None or past.at >= since) and (until is None or past.at < until):
            yield past


def _replayed(question: Question, policies: Sequence[Policy], source: _Source) -> Replay:
    rules = all_rules()
    # Each its own, so that what one policy draws does not depend on the others.
    simulations = [
        Simulation(each, rules, Random(question.seed).random, has_record=source.ledger is not None)
        for each in policies
    ]
    recorded, figures, times = replay(source.traffic, simulations)
    if times is None:
        raise InvalidRequest(
            f"`{question.source_name}` has no requests to replay",
            hint="`--since` may be too late",
        )
    notes = source.notes
    if source.ledger is not None and source.ledger.unreadable:
        notes.append(f"{source.ledger.unreadable:,} decisions of another version are left out")
    return Replay(
        source=question.source_name,
        requests=figures[0].requests,
        first_at=datetime.fromtimestamp(times[0], UTC).isoformat() if source.is_dated else None,
        span_s=times[1] - times[0] or None,
        seed=question.seed,
        prices=list_name(),
        recorded=recorded,
        policies=figures,
        notes=tuple(notes),
    )


def _policy(
    name: str,
    settings: Settings,
    question: Question,
    speeds: Mapping[tuple[str, str], Measured],
) -> Policy:
    return policy_of(name, settings, now=question.now, said=question.speeds, measured=speeds)


def _measured(question: Question) -> dict[tuple[str, str], Measured]:
    if not isinstance(question.source, LedgerStore):
        return {}
    return measured(Sample(*each) for each in answer_speeds(question.source, question.since))


def _use_prices(question: Question) -> None:
    if question.prices is None:
        use_fetched_prices()
        return
    try:
        content = question.prices.read_bytes()
    except OSError as error:
        raise HeadgateError(f"cannot read `{question.prices}`: {error.strerror}") from error
    use_list(content, _day_of(question.prices))


def _day_of(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _name(path: Path, others: Sequence[Path]) -> str:
    """Its file name, unless another policy has the same."""
    return str(path) if [each.name for each in others].count(path.name) > 1 else path.stem


def _refuse_strange_targets(said: Mapping[str, Said], policies: Sequence[Policy]) -> None:
    known = {name for policy in policies for name in policy.slots}
    if strange := sorted(said.keys() - known):
        raise InvalidRequest(
            f"no policy has a target called `{strange[0]}`, whose speed was said",
            hint=f"there are {', '.join(f'`{name}`' for name in sorted(known))}",
        )
