"""Dates of birth: a date where the text says that somebody was born on it."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text

_GATE_WORDS = (
    "birth births birthdate birthday dateofbirth birthdates born dob d bday b naissance né née ne"
    " nacimiento nacido nacida nascita nato nata nascimento nascido nascida geburtsdatum"
    " geburtstag geb geboren geboortedatum urodzenia urodzony urodzona født"
    " syntym syntymäaika syntynyt född"
)
_GATES = frozenset(word.encode("latin-1") for word in _GATE_WORDS.split())
_FOREIGN = ("рожд", "родил", "生年月日", "出生", "생년월일")
_WORDS = (
    r"\b(?:date[ _]?of[ _]?birth|birth[ _]?(?:date|day)|born(?: on)?|dob|d\.o\.b\.?"
    r"|b-?day|date de naissance|née? le|ne le|fecha de nacimiento|nacid[oa](?: el)?"
    r"|data di nascita|nat[oa] il|data de nascimento|nascid[oa](?: em)?|geburts(?:datum|tag)"
    r"|geb\.|geboren(?: am| op)?|geboortedatum|data urodzenia|urodzon\w{1,2}|född|født"
    r"|syntymäaika|syntynyt)|дата рождения|родил(?:ся|ась)|生年月日|出生日期|出生|생년월일"
)
_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|mars|avr|juin"
    r"|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|maj|fev|out)[a-zäéûç]{0,8}\.?"
)
_DATE = (
    r"(?:[0-3]?[0-9][./-][0-3]?[0-9][./-](?:[0-9]{4}|[0-9]{2})"
    r"|[12][0-9]{3}[./-][0-1]?[0-9][./-][0-3]?[0-9]|[12][0-9]{3}年[0-9]{1,2}月[0-9]{1,2}日"
    rf"|(?:the )?[0-3]?[0-9](?:st|nd|rd|th|\.)?,? (?:of |de )?{_MONTHS},?(?: de)? [12][0-9]{{3}}"
    rf"|{_MONTHS} [0-3]?[0-9](?:st|nd|rd|th)?,? [12][0-9]{{3}}"
    rf"|[0-3]?[0-9][ -]{_MONTHS}[ -][0-9]{{2,4}}|(?:19|20)[0-9]{{6}})(?![0-9])"
)
_BIRTH = re.compile(rf"(?:{_WORDS})[^0-9\n]{{0,28}}?\n?[^0-9\n]{{0,4}}?({_DATE})")


def _find(text: Text) -> Iterator[Hit]:
    if b"0" not in text.shape:
        return
    if _GATES.isdisjoint(text.words) and (
        text.value.isascii() or not any(word in text.lower for word in _FOREIGN)
    ):
        return
    for match in _BIRTH.finditer(text.lower):
        yield Hit(*match.span(1))


DETECTOR = Detector(
    name="birth_date",
    find=_find,
    examples=(
        "DOB: 03/14/1985",
        "Date of Birth: 1985-03-14",
        "she was born on March 14, 1985 in Ohio",
        "born 14 March 1985",
        '{"date_of_birth": "1985-03-14"}',
        "né le 14/03/1985",
        "geboren am 14.03.1985",
        "fecha de nacimiento: 14 de marzo de 1985",
        "生年月日：1985年3月14日",
        "My birthday is 3/14/85",
    ),
    counter_examples=(
        "the meeting on March 14, 1985",
        "1985-03-14",
        "born in 1985",
        "dob: unknown, seen 12 times",
        "a newborn of 3 kg",
    ),
)
