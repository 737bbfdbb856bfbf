"""A replay as bars."""

from xml.etree import ElementTree

from msgspec.structs import replace

from headgate.cli.views.replay_picture import LEFT, RIGHT, WIDTH, picture
from support.replays import report

SVG = "{http://www.w3.org/2000/svg}"


def test_every_question_has_a_bar_for_each_policy_and_for_what_was() -> None:
    drawn = ElementTree.fromstring(picture(report()))
    bars = [each for each in drawn.iter(f"{SVG}rect") if each.get("height") != "100%"]
    texts = [each.text for each in drawn.iter(f"{SVG}text")]
    assert len(bars) == 5 * 2
    assert texts.count("as recorded") == texts.count("new") == 5
    longest = max(float(each.get("width", 0)) for each in bars)
    assert longest == WIDTH - LEFT - RIGHT


def test_what_is_unknown_has_no_length_and_says_so() -> None:
    made = report()
    figures = replace(made.policies[0], ttft_p95_ms=None, local_share=None)
    drawn = picture(replace(made, recorded=None, policies=(figures,)))
    assert drawn.count(">unknown<") == 2


def test_names_cannot_break_out() -> None:
    made = report()
    figures = replace(made.policies[0], name='<script>"&')
    assert "<script>" not in picture(replace(made, policies=(figures,)))
