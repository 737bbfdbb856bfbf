"""Which answers are in the wrong script, and which are right to be in another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.answer_language import strays

QUESTION = "At what temperature does water boil at sea level?"
CHINESE = "水在标准大气压下加热到一百摄氏度时就会沸腾,而在高山上沸点会更低一些,因为气压更小。"
RUSSIAN = "Вода кипит при ста градусах Цельсия на уровне моря, а в горах раньше."


@pytest.mark.parametrize("answer", [CHINESE, RUSSIAN, f"Sure. {CHINESE}"])
def test_an_answer_in_another_script_strays(answer):
    assert strays(QUESTION, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (QUESTION, "At 100 °C, which is 212 °F."),
        (QUESTION, f"At 100 °C. The Chinese name is 沸点. {QUESTION * 2}"),
        (QUESTION, "沸点"),
        ("Translate into Russian: water boils at sea level", RUSSIAN),
        ("How would one say that in Chinese, with an example?", CHINESE),
        ("Auf Russisch, bitte: Wasser kocht bei hundert Grad", RUSSIAN),
        ("What does 沸点 stand for, in a sentence or two?", CHINESE),
        ("水在多少度沸腾?请用一句话说明在海平面和高山上的区别。", CHINESE),
        ("Hi!", CHINESE),
        (QUESTION, f"Use this:\n```\n{CHINESE}\n```"),
        ("Wasser kocht bei wie viel Grad auf Meereshöhe?", "Water boils at a hundred degrees."),
        ("", CHINESE),
    ],
)
def test_an_answer_that_may_be_meant_so_does_not(question, answer):
    assert not strays(question, answer)


@given(st.text(), st.text())
def test_an_answer_is_never_foreign_to_its_own_script(question, answer):
    assert not strays(answer + question, answer)
