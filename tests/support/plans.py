"""Questions for the planner, by hand and made up, on a day whose prices are fixed."""

import math
from datetime import date

from hypothesis import strategies as st
from msgspec import structs

from headgate.catalog.apis import allowances
from headgate.planner.candidate import hybrid_candidates, pure_candidates
from headgate.planner.inputs import Inputs
from headgate.planner.link import question_of
from headgate.planner.option import Setting
from headgate.planner.plan import Surroundings, plan
from headgate.planner.uncertainty import volume_input
from headgate.planner.workload import workload_of
from headgate.runtime.planning import column

DAY = date(2026, 11, 27)
MINI = "openai/gpt-4o-mini"
"""$0.15 in, $0.60 out: a thousand tokens of which 300 are output cost $0.000285."""
MINI_USD_PER_TOKEN = 0.285e-6
HAIKU = "anthropic/claude-haiku-4-5"
L4 = "llama-3.1-8b@l4:rented"
RTX = "llama-3.1-8b@rtx-4090:bought"
DESK = "llama-3.1-8b@m4-max-128:desk"
NEUTRAL = {"years": 3.0, "factor": 1.0}
BARE = {name: NEUTRAL.get(each.unit, 0.0) for name, each in allowances().items()}
"""No hidden cost at all; machines last three years, without resale or interest."""


def ask(question=None, /, *, today=DAY, **fields):
    """The report of a question, or of some of its fields; by the price list as it is installed."""
    asked = question_of(fields) if question is None else structs.replace(question, **fields)
    around = Surroundings(today=today, column=column, version="0.0", price_list="by hand")
    return plan(asked, around)


def setting_of(question):
    """What the options of a question share."""
    return Setting(
        question=question,
        workload=workload_of(question),
        day=DAY,
        inputs=Inputs([volume_input(question.volume_error)]),
    )


def candidates_of(question):
    """Every candidate with the setting they share; what `plan` begins with."""
    setting = setting_of(question)
    pure = pure_candidates(setting)
    return [*pure, *hybrid_candidates(pure, setting)], setting


def option_of(report, name):
    """One option of a report."""
    return next(each for each in report.options if each.id == name)


def line_of(option, name):
    """Dollars of one line of its bill."""
    return float(next(each.usd for each in option.lines if each.id == name))


def verdicts_of(option):
    """What each rule says of an option."""
    return {each.rule: each.outcome for each in option.verdicts}


def traffic_fields(**fields):
    """A traffic as JSON has it: a thousand requests of 700 + 300 tokens in an hour."""
    return {
        "name": "usage.csv",
        "format": "by_hand",
        "requests": 1000,
        "input_tokens": 700_000,
        "output_tokens": 300_000,
        "span_s": 3600.0,
        "classes": [{"share": 1.0, "input_tokens": 700.0, "output_tokens": 300.0}],
        "load_curve": [{"share": 1.0, "load": 1.0}],
        **fields,
    }


APIS = (MINI, HAIKU, "deepseek/deepseek-flash", "groq/llama-3.1-8b-instant", "cohere/command-a")
MORE_APIS = (*APIS, "anthropic/claude-3-haiku", "mistral/ministral-8b")
MACHINES = (
    L4,
    RTX,
    DESK,
    "llama-3.1-8b@l4:bought",
    "llama-3.1-8b@rtx-4090:rented:4.8",
    "gpt-oss-120b@h100-sxm:rented",
    "llama-3.3-70b@h100-sxm:boughtx2",
    "llama-3.3-70b@l4:rentedx1",
)
NEEDS = ("hipaa", "financial", "trade_secrets", "gdpr", "air_gapped", "government")


def powers_of_ten(low, high):
    """Numbers spread over orders of magnitude."""
    return st.floats(math.log10(low), math.log10(high)).map(lambda power: 10**power)


def some_of(names, most=3):
    """A few of `names`, in any order."""
    return st.lists(st.sampled_from(names), max_size=most, unique=True)


@st.composite
def traffics(draw):
    """A traffic with classes and a rhythm, as a file would give it."""
    weights = draw(st.lists(st.floats(0.05, 1), min_size=1, max_size=4))
    classes = []
    for weight in weights:
        read = draw(st.floats(1, 150_000))
        cached = draw(st.floats(0, 1))
        classes.append(
            {
                "share": weight / sum(weights),
                "input_tokens": read,
                "output_tokens": draw(st.floats(1, 4_000)),
                "cache_read_tokens": read * cached * 0.5,
                "cache_write_tokens": read * cached * 0.25,
            }
        )
    busy = draw(st.floats(0.05, 1))
    curve = [{"share": busy, "load": 1 / busy}]
    if busy < 1:
        curve.append({"share": 1 - busy, "load": 0.0})
    hour = draw(st.integers(0, 23))
    return traffic_fields(
        requests=draw(st.integers(1, 10**7)),
        span_s=draw(st.floats(600, 10**7)),
        classes=classes,
        load_curve=curve,
        hours_utc=draw(st.sampled_from([[], [float(each == hour) for each in range(24)]])),
    )


def volumes():
    """The three ways to say how much a month is."""
    return st.one_of(
        st.fixed_dictionaries(
            {"monthly_tokens": powers_of_ten(1e6, 1e12), "output_share": st.floats(0.01, 0.99)},
            optional={"tokens_per_request": powers_of_ten(10, 1e5)},
        ),
        st.fixed_dictionaries(
            {
                "requests_per_month": powers_of_ten(1e3, 1e8),
                "input_tokens": powers_of_ten(10, 1e5),
                "output_tokens": powers_of_ten(1, 4e3),
            }
        ),
        st.fixed_dictionaries({"traffic": traffics()}),
    )


SHAPES = {
    "cached_share": st.none() | st.floats(0, 0.5),
    "cache_write_share": st.none() | st.floats(0, 0.5),
    "batch_share": st.floats(0, 1),
    "peak_to_mean": st.floats(1, 20),
    "hours_per_day": st.floats(1, 24),
    "days_per_week": st.floats(1, 7),
    "growth_per_month": st.sampled_from([0.0, 0.1, -0.05]),
    "volume_error": st.floats(0, 0.9),
}
LIMITS = {
    "ttft_s": st.none() | st.floats(0.05, 10),
    "tokens_per_s": st.none() | st.floats(1, 100),
    "quality_floor": st.none() | st.floats(20, 80),
    "needs": some_of(NEEDS, most=2),
    "region": st.none() | st.sampled_from(["eu", "us"]),
    "signed": some_of(("openai", "anthropic", "groq", "rental")),
    "team_hours_per_month": st.none() | st.floats(0, 100),
}
PRICES = {
    "hybrid": st.booleans(),
    "tariff": st.sampled_from(["us", "de"]),
    "usd_per_kwh": st.none() | st.floats(0, 1),
    "spare_units": st.integers(0, 3),
    "allowances": st.fixed_dictionaries(
        {},
        optional={
            "own_engineering_hours": st.floats(0, 200),
            "api_support_usd": st.floats(0, 5000),
            "life_years": st.floats(0.5, 10),
            "interest_rate_per_year": st.floats(0, 0.3),
            "own_network_storage_share": st.floats(0, 1),
        },
    ),
    "hardware_usd": st.fixed_dictionaries({}, optional={"rtx-4090": powers_of_ten(100, 1e5)}),
    "rent_usd_per_hour": st.fixed_dictionaries({}, optional={"l4": powers_of_ten(0.01, 100)}),
}
COMPARED = {"apis": some_of(MORE_APIS), "machines": some_of(MACHINES)}


def questions(*, limits=True):
    """Questions that can be asked, as fields; without `limits` nothing is ruled out by need."""
    optional = {**SHAPES, **PRICES, **(LIMITS if limits else {})}
    return st.builds(
        lambda *parts: question_of({name: each for part in parts for name, each in part.items()}),
        volumes(),
        st.fixed_dictionaries(COMPARED),
        st.fixed_dictionaries({}, optional=optional),
    )
