"""A question as a query string, and back to the very same question."""

import base64
import json
import zlib
from datetime import date
from urllib.parse import parse_qsl

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from headgate.core.errors import InvalidRequest
from headgate.estimate.traffic import Traffic
from headgate.planner.link import LONGEST_LINK, from_query, number, question_of, to_query
from headgate.planner.presets import PRESETS, preset
from headgate.planner.question import Question
from support.plans import DAY, MINI, questions, traffic_fields

ANOTHER_DAY = date(2025, 1, 2)
begun = st.sampled_from([Question(), *(each.question for each in PRESETS)])


@st.composite
def asked(draw):
    """A preset, or none, with some fields of a generated question over it."""
    other = draw(questions())
    fields = [name for name in Question.__struct_fields__ if name not in {"version", "preset"}]
    chosen = draw(st.lists(st.sampled_from(fields), max_size=6, unique=True))
    return structs.replace(draw(begun), **{name: getattr(other, name) for name in chosen})


@settings(max_examples=150)
@given(questions() | asked())
def test_a_question_comes_back_from_its_link_as_it_was(question):
    assert from_query(to_query(question, DAY)) == question


@given(questions() | asked())
def test_a_link_is_canonical(question):
    link = to_query(question, DAY)
    assert to_query(from_query(link), DAY) == link


@given(asked())
def test_what_is_as_usual_is_left_out(question):
    usual = preset(question.preset) if question.preset else Question()
    named = {name for name, _ in parse_qsl(to_query(question, DAY), keep_blank_values=True)}
    changed = {
        name
        for name in Question.__struct_fields__
        if getattr(question, name) != getattr(usual, name)
    }
    assert named == changed | {"v"} | ({"preset"} if question.preset else set())


@given(st.permutations(["life_years", "api_support_usd", "resale_share"]))
def test_the_order_of_a_mapping_does_not_change_the_link(names):
    figures = {name: float(len(name)) for name in sorted(names)}
    shuffled = {name: figures[name] for name in names}
    links = {to_query(Question(allowances=each), DAY) for each in (figures, shuffled)}
    assert len(links) == 1


def test_no_question_at_all_is_the_version_alone():
    assert to_query(Question(), DAY) == "v=1"
    assert from_query("") == from_query("v=1") == from_query("?v=1") == Question()


def test_today_is_left_out_and_another_day_is_not():
    assert "as_of" not in to_query(Question(as_of=DAY.isoformat()), DAY)
    assert "as_of=2025-01-02" in to_query(Question(as_of=ANOTHER_DAY.isoformat()), DAY)


@pytest.mark.parametrize("names", [None, (), (MINI,), (MINI, "cohere/command-a")])
def test_no_api_is_not_the_usual_ones(names):
    assert from_query(to_query(Question(apis=names), DAY)).apis == names


def test_nothing_can_be_said_over_what_a_preset_says():
    cleared = structs.replace(preset("code"), quality_floor=None, needs=(), cached_share=None)
    assert from_query(to_query(cleared, DAY)) == cleared
    assert from_query("preset=code&quality_floor=").quality_floor is None
    assert from_query("preset=code&needs=-").needs == ()


def test_a_link_may_be_written_by_hand():
    question = from_query(
        "?monthly_tokens=2e9&needs=hipaa,gdpr&hybrid=no&allowances=life_years:4,api_support_usd:0"
    )
    assert (question.monthly_tokens, question.hybrid) == (2e9, False)
    assert question.needs == ("hipaa", "gdpr")
    assert question.allowances == {"life_years": 4.0, "api_support_usd": 0.0}


@pytest.mark.parametrize(
    ("link", "param"),
    [
        ("v=2", "v"),
        ("colour=red", "colour"),
        ("preset=none-such", "preset"),
        ("monthly_tokens=many", "monthly_tokens"),
        ("needs=fame", "needs"),
        ("hybrid=7", "hybrid"),
        ("allowances=life_years", "allowances"),
        ("rent_usd_per_hour=l4:much", "rent_usd_per_hour"),
        ("spare_units=1.5", "spare_units"),
        ("spare_units=inf", "spare_units"),
        ("spare_units=nan", "spare_units"),
        ("tariff=", "tariff"),
        ("traffic=%%%", "traffic"),
        ("traffic=AAAA", "traffic"),
    ],
)
def test_a_link_that_cannot_be_names_its_field(link, param):
    with pytest.raises(InvalidRequest) as caught:
        from_query(link)
    assert caught.value.param == param


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


@pytest.mark.parametrize(
    "content",
    [
        b" " * 8_000_000 + json.dumps(traffic_fields()).encode(),
        b'{"name":"' + b"x" * 8_000_000 + b'"}',
        b"[" * 60_000,
        b"\xff\xfe",
        b"[]",
        b"{}",
    ],
    ids=["bomb of spaces", "bomb of text", "deep", "no text", "a list", "nothing in it"],
)
def test_a_traffic_that_is_damaged_or_a_bomb_is_refused(content):
    with pytest.raises(InvalidRequest) as caught:
        from_query(f"traffic={packed(content)}")
    assert caught.value.param == "traffic"


def test_a_traffic_cut_short_is_refused():
    whole = to_query(question_of({"traffic": traffic_fields()}), DAY)
    for length in range(len("v=1&traffic=") + 1, len(whole) - 1, 7):
        with pytest.raises(InvalidRequest) as caught:
            from_query(whole[:length])
        assert caught.value.param == "traffic"


def test_a_link_that_is_too_long_is_refused():
    with pytest.raises(InvalidRequest):
        from_query("region=" + "x" * LONGEST_LINK)


def test_the_longest_traffic_of_a_file_fits_into_a_link():
    odd = [1 / (index + 3) for index in range(48)]
    classes = [
        {"share": each / sum(odd), "input_tokens": 1e5 * each, "output_tokens": 1e3 * each}
        for each in odd
    ]
    shares = [each / sum(odd) for each in odd]
    question = question_of(
        {
            "traffic": traffic_fields(
                classes=classes,
                load_curve=[{"share": share, "load": 1.0} for share in shares],
                hours_utc=[1 / 24] * 24,
            )
        }
    )
    link = to_query(question, DAY)
    assert len(link) <= LONGEST_LINK
    assert from_query(link) == question


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_so_that_it_is_read_again(value):
    assert float(number(value)) == value


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"colour": 1}, "colour"),
        ({"monthly_tokens": "many"}, "monthly_tokens"),
        ({"needs": ["fame"]}, "needs"),
        ({"allowances": {"life_years": "long"}}, "allowances"),
        ({"traffic": {"name": "x"}}, "traffic"),
        ({"version": 2}, "version"),
        ({"preset": "none-such"}, "preset"),
        ({"preset": 5}, "preset"),
        ({"preset": ["classic"]}, "preset"),
    ],
)
def test_fields_that_cannot_be_are_refused_by_name(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        question_of(fields)
    assert caught.value.param == param


def test_fields_stand_over_the_preset_s():
    question = question_of({"preset": "code", "quality_floor": None, "output_tokens": 5})
    assert (question.preset, question.quality_floor, question.output_tokens) == ("code", None, 5)
    assert question.input_tokens == preset("code").input_tokens


def test_a_traffic_may_be_given_as_the_reader_gives_it():
    read = msgspec.convert(traffic_fields(), Traffic)
    assert question_of({"traffic": read}).traffic == read
