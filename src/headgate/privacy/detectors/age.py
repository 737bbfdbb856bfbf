"""Ages of people: a number of years with the words that make it an age."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text

_DIGITS = re.compile(rb"0{1,3}(?![0])")
_AFTER = re.compile(
    r"(?:[ -]years?[ -](?:old|of age|young)\b| ?-?y/?o\b| yrs? old\b|(?:st|nd|rd|th) birthday\b)",
    re.I,
)
_BEFORE = re.compile(
    r"(?:^|\W)(?:aged?(?: of|:| is|=)?|turn(?:s|ed|ing)|i am|i'm|(?:s?he|they)(?: was| is|'s| were)"
    r"|(?:when|since|until|before) (?:s?he|i) was(?: only)?|i was|(?:am|is|was) only) \Z",
    re.I,
)
_UNIT = re.compile(
    r" ?[%$€£°/:.,-]?[0-9]|[%°]| (?:percent|times|minutes|hours|days|weeks|months|miles|km|items"
    r"|bytes|lines|people|degrees|points|feet|pounds|kg|cm|m|in|inches|or|and)\b"
)
_SENTENCE_END = re.compile(r"[.!?,;]?(?:\s|\Z)(?! ?[A-Za-z]*%)(?![a-z])")
_SOMEBODY_IS = re.compile(
    r"(?:(?:\A|[.!?] |\n)[A-Z][a-z]+|\b(?:wife|husband|son|daughter|mother|father|mom|dad"
    r"|brother|sister|patient|child|kid|uncle|aunt|girlfriend|boyfriend)) (?:is|was|just turned) \Z"
)
_REACH = 24
OLDEST = 119
_BEGIN_UNIT = frozenset("yYsnrt")


def _find(text: Text) -> Iterator[Hit]:
    value = text.value
    for digits in _DIGITS.finditer(text.shape):
        start, end = digits.span()
        before = value[start - 1 : start]
        if (
            before.isalnum()
            or before in {".", ",", "/", "-", "_"}
            or int(value[start:end]) > OLDEST
        ):
            continue
        if value[end : end + 2].strip(" -")[:1] in _BEGIN_UNIT and _AFTER.match(value, end):
            yield Hit(start, end, "", 0.8)
        elif before == " " and value[start - 2].isalpha() and not value[end : end + 1].isalnum():
            lead = max(0, start - _REACH)
            if _BEFORE.search(value, lead, start) and not _UNIT.match(value, end):
                yield Hit(start, end, "", 0.6)
            elif _is_sentence_about_somebody(value, start, end):
                yield Hit(start, end, "", 0.5)


def _is_sentence_about_somebody(value: str, start: int, end: int) -> bool:
    """Whether it ends a sentence such as `Ada is 36.`"""
    return bool(
        _SENTENCE_END.match(value, end)
        and _SOMEBODY_IS.search(value, max(0, start - _REACH), start)
    )


DETECTOR = Detector(
    name="age",
    find=_find,
    examples=(
        "a 79 year old female",
        "I'm 31 y/o",
        "My brother just turned 60",
        "Written when he was 78.",
        "aged 42",
        "the 22-year-old patient",
        "my wife is 44.",
        "her 30th birthday",
    ),
    counter_examples=(
        "turned 90 degrees",
        "page 42",
        "I am 100% sure",
        "it was 12.5 before",
        "30 years of experience",
        "he is 5 minutes late",
    ),
    certainty="context",
)
