"""Identifiers that states give to people: fifty kinds by their checks, and any where announced."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.gate import native_gate
from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.identifiers.national import (
    BY_FORM,
    BY_GROUPS,
    BY_WORD,
    Scheme,
    is_grouped_as,
)
from headgate.privacy.text import Form, Number, Text
from headgate.privacy.words import Words

_ANNOUNCED = Announcement(
    gate=Words(
        "national nationality identity identification citizen citizenship id personal "
        "insurance personalausweis ausweis carte documento carta nic nationalidentity "
        "nationalinsurance personalid identitycard idcard "
    ),
    words=(
        r"national[ _-]?(?:id(?:entity|entification)?|insurance)(?:[ _-]card)?(?![a-z])"
        r"|(?:identity|citizen(?:ship)?|id)[ _-](?:card|document)\b|citizen(?:ship)?[ _-]id\b"
        r"|personal[ _-]id(?:entity|entification)?\b|identification(?= n)"
        r"|(?:personal)?ausweis(?=nummer|-?nr|:| n)|carte (?:nationale )?d['’]identité"
        r"|documento (?:nacional )?de identi(?:dad|dade)"
        r"|carta d['’]identità|nic(?= n)"
    ),
    value=r"(?=(?:[a-z .-]{0,4}[0-9]){5})[a-z]{0,3} ?"
    r"[0-9](?:[a-z0-9]|[ .-](?=[a-z]{0,2}[0-9])){4,20}",
)
_WORD = re.compile(r"[^\W\d_]+")
NEAR_CHARACTERS = 64
MOST_GROUPS = 7
LONG_DIGITS = b"000000"
"""Most forms have so many digits in a row, and most texts do not."""
LONG_FORM = 16
"""Shapes this long are nothing else even in lower case."""
_FOREIGN_NAMES = tuple(word for word in BY_WORD if any(ord(each) > 0xFF for each in word))
_NAMES = Words(" ".join(BY_WORD.keys() - frozenset(_FOREIGN_NAMES)), _FOREIGN_NAMES, numbered=False)

_NAMED_SIZES = frozenset(
    size for schemes in BY_WORD.values() for each in schemes for size in each.sizes
)


Shaped = Callable[[Text], Iterator[tuple[int, bytes]]]
"""Finds where something begins that has one of the forms and stands alone."""


@cache
def _shaped() -> Shaped:
    try:
        return native_shaped()
    except ImportError:
        return plain_shaped


def native_shaped() -> Shaped:
    """Finds all of them at once.

    Raises:
        ImportError: What does it is not installed here.
    """
    forms = sorted(BY_FORM)
    gate = native_gate([form.decode("ascii") for form in forms])

    def find(text: Text) -> Iterator[tuple[int, bytes]]:
        for number, start, end in gate(text.shape):
            if not text.is_word_at(start - 1) and not text.is_word_at(end):
                yield start, forms[number]

    return find


def plain_shaped(text: Text) -> Iterator[tuple[int, bytes]]:
    """Finds one form after the other."""
    has_long = LONG_DIGITS in text.shape
    for core, forms in _FORMS_BY_CORE.items():
        if (has_long or LONG_DIGITS not in core) and core in text.shape:
            for form in forms:
                yield from ((start, form) for start in text.shaped(form))


def _by_core() -> dict[bytes, list[bytes]]:
    table: dict[bytes, list[bytes]] = {}
    for form in BY_FORM:
        table.setdefault(form.strip(b"a "), []).append(form)
    return table


_FORMS_BY_CORE = _by_core()
"""Forms by what they have between their first and last digit, which is rare in most texts."""
SCORE, NAMED_SCORE, ANNOUNCED_SCORE = 0.9, 1.0, 0.7


def _find(text: Text) -> Iterator[Hit]:
    if b"000" not in text.shape and b"00 0" not in text.shape:
        return
    hits = [*_by_form(text), *_announced(text)]
    is_named = _NAMES.occur(text)
    for number, places in text.numbers(_places):
        for first, last, scheme in places:
            hits += _checked(text, number, (first, last), scheme, SCORE)
    if is_named:
        for number, _ in text.numbers(_may_be_named):
            hits += _named(text, number)
    done = 0
    for hit in sorted(hits, key=lambda each: (each.start, -each.score, -each.end)):
        if hit.start >= done:
            yield hit
            done = hit.end


def _by_form(text: Text) -> Iterator[Hit]:
    for start, form in _shaped()(text):
        end = start + len(form)
        written = text.value[start:end]
        if len(form) < LONG_FORM and not written.isupper():
            continue
        if text.value[start - 1 : start] == ".":  # the exponent of a decimal fraction
            continue
        for scheme in BY_FORM[form]:
            is_open = not scheme.words or scheme.groups or scheme.sizes
            if (is_open or _words(text, start) & scheme.named) and scheme.is_valid(written):
                yield Hit(start, end, kind=scheme.kind, score=SCORE)
                break


def _announced(text: Text) -> Iterator[Hit]:
    for start, end in _ANNOUNCED.find(text):
        yield Hit(start, end, kind="announced", score=ANNOUNCED_SCORE)


def _places(form: Form) -> Sequence[tuple[int, int, Scheme]]:
    """The first and last of groups that are those of a scheme."""
    sizes = form.sizes
    return [
        (first, last, scheme)
        for first in range(len(sizes))
        for last in range(first, min(first + MOST_GROUPS, len(sizes)))
        for scheme in BY_GROUPS.get(sizes[first : last + 1], ())
        if is_grouped_as(scheme, sizes[first : last + 1], form.gaps[first:last])
    ]


def _may_be_named(form: Form) -> bool:
    """Whether its first groups have as many digits as any identifier with a name."""
    return not _NAMED_SIZES.isdisjoint(accumulate(form.sizes[:MOST_GROUPS]))


def _named(text: Text, number: Number) -> Iterator[Hit]:
    """What begins the number and is called by its name before it."""
    words = _words(text, number.start) & BY_WORD.keys()
    schemes = {scheme.kind: scheme for word in sorted(words) for scheme in BY_WORD[word]}
    if not schemes:
        return
    digits = 0
    for last, size in enumerate(number.form.sizes[:MOST_GROUPS]):
        digits += size
        for scheme in schemes.values():
            if digits in scheme.sizes:
                yield from _checked(text, number, (0, last), scheme, NAMED_SCORE)


def _checked(
    text: Text, number: Number, groups: tuple[int, int], scheme: Scheme, score: float
) -> Iterator[Hit]:
    first, last = groups
    start, end = number.begin(first), number.end(last)
    if text.is_word_at(start - 1) or text.is_word_at(end):
        return
    if scheme.is_valid(number.digits(first, last)) or scheme.is_valid(text.value[start:end]):
        yield Hit(start, end, kind=scheme.kind, score=score)


def _words(text: Text, start: int) -> set[str]:
    return set(_WORD.findall(text.lower, max(0, start - NEAR_CHARACTERS), start))


DETECTOR = Detector(
    name="national_id",
    find=_find,
    examples=(
        "NINO AB123456C",
        "national insurance QQ 12 34 56 C",
        "NHS number 943 476 5919",
        "Steuer-IdNr. 36 574 261 809",
        "NIR 2 95 10 99 126 111 93",
        "DNI 54362315K",
        "NIE X2482300W",
        "RCCMNL83S18D969H",
        "BSN 111222333",
        "85.07.30-033.28",
        "PESEL: 44051401359",
        "811228-9874",
        "11077941012",
        "131052-308T",
        "AHV 756.9217.0769.85",
        "CPF 390.533.447-05",
        "CNPJ 16.727.230/0001-97",
        "aadhaar 2341 2341 2346",
        "PAN ACUPA7085R",
        "11010519491231002X",
        "S1234567D",
        "A123456789",
        "HKID A123456(3)",
        "SIN 123-456-782",
        "CURP BOXW310820HNERXN09",
        "RUT 12.531.909-2",
        "cedula 001-1391820-5",
        '{"national_id": "CM90001234567"}',
        "national id CM90001234567 is mine",
        "Ausweisnummer: T220001293",
    ),
    counter_examples=(
        "order 111222333",
        "AB123456Z and DF123456A",
        "390.533.447-06",
        "811228-9875",
        "sin(111222334)",
        "commit 54362315a",
        "Decimal('1.38435736E')",
        "54362315A",
        "2024-12-31 12:34:56",
        "insurance covers 20 national parks",
        "11077941013",
    ),
)
