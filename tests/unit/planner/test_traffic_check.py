"""Traffic by value: only what a log can hold."""

import math

import pytest
from msgspec import structs

from headgate.core.errors import InvalidRequest
from headgate.estimate.traffic import LoadStep, RequestClass, Traffic
from headgate.planner.traffic_check import MOST_PARTS, check_traffic

CLASS = RequestClass(share=1.0, input_tokens=700.0, output_tokens=300.0, cache_read_tokens=70.0)
STEP = LoadStep(share=1.0, load=1.0)
TRAFFIC = Traffic(
    name="usage.csv",
    format="generic",
    requests=10,
    input_tokens=7000,
    output_tokens=3000,
    span_s=3600.0,
    classes=(CLASS,),
    load_curve=(STEP,),
)


def of_class(**fields: float) -> dict[str, object]:
    return {"classes": (structs.replace(CLASS, **fields),)}


WRONG = {
    "no requests": {"requests": 0},
    "fewer than none": {"requests": -5},
    "no classes": {"classes": ()},
    "no load": {"load_curve": ()},
    "no time at all": {"span_s": 1e-300},
    "time backwards": {"span_s": -1.0},
    "time without end": {"span_s": math.inf},
    "a negative share": of_class(share=-1.0),
    "shares of three": {"classes": (CLASS, CLASS, CLASS)},
    "a share that is no number": of_class(share=math.nan),
    "negative tokens": of_class(input_tokens=-1.0),
    "tokens without end": of_class(output_tokens=math.inf),
    "tokens that are no number": of_class(output_tokens=math.nan),
    "more cached than read": of_class(cache_read_tokens=701.0),
    "no tokens": of_class(input_tokens=0.0, output_tokens=0.0, cache_read_tokens=0.0),
    "half of the time": {"load_curve": (LoadStep(share=0.5, load=2.0),)},
    "a load whose mean is 2": {"load_curve": (LoadStep(share=1.0, load=2.0),)},
    "a load that is no number": {"load_curve": (LoadStep(share=1.0, load=math.nan),)},
    "one hour of the day": {"hours_utc": (1.0,)},
    "hours that do not add up": {"hours_utc": (0.5,) * 24},
    "too many parts": {
        "load_curve": (LoadStep(share=1 / (MOST_PARTS + 1), load=1.0),) * (MOST_PARTS + 1)
    },
}


def test_what_a_reader_has_made_is_taken() -> None:
    check_traffic(TRAFFIC)
    check_traffic(structs.replace(TRAFFIC, span_s=None, hours_utc=(1 / 24,) * 24))


def test_shares_rounded_to_four_digits_are_taken() -> None:
    thirds = tuple(structs.replace(CLASS, share=0.3333) for _ in range(3))
    check_traffic(structs.replace(TRAFFIC, classes=thirds))


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_by_the_field_and_the_file(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_traffic(structs.replace(TRAFFIC, **fields))
    assert caught.value.param == "traffic"
    assert "usage.csv" in caught.value.message
    assert caught.value.hint
