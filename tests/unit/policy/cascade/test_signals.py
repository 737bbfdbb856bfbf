"""What answers show of themselves and of each other."""

import msgspec
import pytest
from msgspec import Raw

from headgate.core.chat import OutputFormat
from headgate.core.stream import Answer, Choice, ToolCallMade
from headgate.policy.cascade.signals import Signals, question_of, signals_of

QUESTION = question_of("Janet's ducks lay 16 eggs. How many dollars does she make?")


def said(text: str, finish: str = "stop") -> Answer:
    return Answer(choices=(Choice(text=text, finish_reason=finish),))


def of(*texts: str) -> tuple[Signals, ...]:
    return signals_of(QUESTION, [said(text) for text in texts], members=list("abcd")[: len(texts)])


def test_members_that_say_the_same_are_one_group():
    first, second, third, fourth = of("18", "$18", "17", "The answer is 18.")
    assert [each.group for each in (first, second, third, fourth)] == [0, 0, 2, 0]
    assert [each.agreeing for each in (first, second, third, fourth)] == [2, 2, 0, 2]
    assert all(each.others == 3 for each in (first, second, third, fourth))


def test_prose_is_neither_agreement_nor_disagreement():
    first, second = of("It rains. Take a coat.", "Take a coat. It rains.")
    assert (first.agreeing, first.others) == (second.agreeing, second.others) == (0, 0)


def test_somebody_else_may_tell_whether_prose_agrees():
    answers = [
        said("It rains. Take a coat."),
        said("Take a coat. It rains."),
        said("It is dry. No."),
    ]
    told = {(0, 1): True, (0, 2): False, (1, 2): False}
    signals = signals_of(QUESTION, answers, members=["a", "b", "c"], told=told)
    assert [(each.agreeing, each.others, each.group) for each in signals] == [
        (1, 2, 0),
        (1, 2, 0),
        (0, 2, 2),
    ]


def test_one_answer_alone_has_nobody_to_agree_with():
    (only,) = of("18")
    assert (only.agreeing, only.others, only.group, only.other_chars) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (said(""), "empty"),
        (said("18"), None),
        (said("I'm sorry, but I can't help with that."), "refusal"),
        (said("18 and", "length"), "truncated"),
        (said("round and round it goes. " * 60), "repetition"),
        (said("Вода кипит при ста градусах Цельсия на уровне моря"), "wrong_language"),
    ],
)
def test_problems_of_the_form_are_seen(answer, problem):
    (signals,) = signals_of(QUESTION, [answer], members=["a"])
    assert signals.problem == problem


def test_what_the_request_asks_of_the_form_is_checked():
    schema = Raw(b'{"type": "object", "required": ["city"]}')
    asked = question_of("Weather?", tool_schemas={"weather": schema})
    bad = Answer(choices=(Choice(tool_calls=(ToolCallMade("1", "weather", "{}"),)),))
    (signals,) = signals_of(asked, [bad], members=["a"])
    assert (signals.problem, signals.kind) == ("invalid_tool_call", "tool_call")
    asked = question_of("Weather?", output_format=OutputFormat(kind="json"))
    (signals,) = signals_of(asked, [said("sunny")], members=["a"])
    assert signals.problem == "invalid_json"


def test_numbers_are_described():
    (signals,) = of("-2.5")
    assert (signals.is_whole, signals.is_negative) == (False, True)
    assert signals.magnitude == pytest.approx(1.2528, abs=1e-4)
    (huge,) = of("9" * 35)
    assert huge.magnitude == 12
    assert huge.is_whole
    assert of("16")[0].is_in_question
    assert not of("18")[0].is_in_question


def test_signals_keep_no_word_of_question_or_answer():
    kept = msgspec.json.encode(of("Xylophone zebra", "Xylophone quagga")).decode().casefold()
    for word in ("xylophone", "zebra", "quagga", "janet", "ducks", "dollars"):
        assert word not in kept
    assert msgspec.json.decode(kept, type=tuple[Signals, ...]) == of(
        "Xylophone zebra", "Xylophone quagga"
    )


def test_every_answer_needs_its_member():
    with pytest.raises(ValueError, match="argument 2"):
        signals_of(QUESTION, [said("18")], members=["a", "b"])
