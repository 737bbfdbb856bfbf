"""Dates of birth: a date where the text says that somebody was born on it."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text
from headgate.privacy.words import Words

_GATE = Words(
    "birth birthdate birthday dateofbirth date born dob bday naissance né née ne fecha nacido"
    " nacida data nato nata nascido nascida geburtsdatum geburtstag geb geboren geboortedatum"
    " urodzony urodzona född født syntymäaika syntynyt",
    ("дата рожд", "родил", "生年月日", "出生", "생년월일"),
)
_WORDS = (
    r"(?:date[ _]?of[ _]?birth|birth[ _]?(?:date|day)|born(?: on)?|dob|d\.o\.b\.?"
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
_INITIALS = re.compile(r"\bd\.o\.b")
_BIRTH = re.compile(rf"(?:{_WORDS})[^0-9\n]{{0,28}}?\n?[^0-9\n]{{0,4}}?({_DATE})")


def _find(text: Text) -> Iterator[Hit]:
    if b"0" not in text.shape:
        return
    places = _GATE.places(text)
    if "d.o.b" in text.lower:
        places = sorted([*places, *(match.start() for match in _INITIALS.finditer(text.lower))])
    done = 0
    for place in places:
        match = _BIRTH.match(text.lower, place)
        if match is not None and match.start(1) >= done:
            yield Hit(*match.span(1))
            done = match.end()


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
