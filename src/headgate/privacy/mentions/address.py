"""Postal addresses: a street with its number, and the lines that follow it.

A run of capitalised words is a street by its type (`Elm Street`, `Rua Diadema`, `Ringvej`) or by
numbers on both sides or by a number behind and a word such as `at` before. From there the
address goes on through flats, places, states, countries and postcodes, as far as they follow.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from headgate.privacy.gazetteer.lexicon import MAJOR_PLACE, MINOR_PLACE, WORD, folded, lexicon
from headgate.privacy.mentions import streets
from headgate.privacy.mentions.cues import CALENDAR
from headgate.privacy.mentions.runs import CAPITALS, Word

_NUMBERS_BEFORE = re.compile(
    r"(?<![\w.,/:$€£#-])(?:[0-9]{1,6}[A-Za-z]?(?:[/-][0-9]{1,4})?,? ){1,3}\Z"
)
_HOUSE = r"[0-9]{1,5}[A-Za-z]?(?:[/-][0-9]{1,4})?(?![\w%])"
_NUMBER_AFTER = re.compile(
    rf"(?:\.| (?:u|ut|út|utca|útja|tér|tee|mnt|pst|ulice|namesti|náměstí)\b\.?)? {_HOUSE}"
)
# With a number before the street as well, words in small letters may belong to its name.
_NUMBER_SOMEWHERE = re.compile(rf"(?:\.| [^\W\d_]{{1,12}}\.?){{0,2}} {_HOUSE}")
_DIRECTION = re.compile(r" (?:North|South|East|West|N|S|E|W|NE|NW|SE|SW)\b")
_FIRST_BEFORE = re.compile(
    r"(?<!\w)(?:ul|os|al|rue|via|rua|calle|ulica|pl)\.? (?:d[aeiou] |del |du )?\Z"
)
_UNIT = re.compile(
    r"(?i:(?:apt|apartment|suite|ste|unit|flat|room|floor|building|bldg|box|piso|lok)\b\.? ?#?[0-9]"
    r"[\w-]{0,5}|#[0-9]\w{0,4})"
)
_POSTCODE = re.compile(
    r"(?:[A-Z]{1,2}-)?[0-9]{5}(?:-[0-9]{4})?\b|[0-9]{4}(?: ?[A-Z]{2})?\b|[0-9]{2}-[0-9]{3}\b"
    r"|[0-9]{3} [0-9]{2}\b|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b"
    r"|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]\b"
)
_STATE = re.compile(r"[A-Z]{2,3}(?= [0-9]{4})|[A-Z]{2,3}(?=\n|,|\.?\Z)|[a-z]{2}(?= [0-9]{5}\b)")
_GAP = re.compile(r"\.?(?:(?: ?,|\n+)[ \n,>?*|]{0,6}| )")
_PLACE_NAME = re.compile(
    rf"{CAPITALS}(?: (?:nad|na|pod|pri|ob|u|v|am|an der|im|bei|sur|sous|les|upon|on|delle|i|og)"
    rf" {CAPITALS})?"
)
_LOWER_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,3}(?=[,\n]| [0-9]{4})")
_NAMED = re.compile(r"\b(?:address|residence)[\"'*]{0,2}: \Z", re.I)
_CORNER = re.compile(r"(?:the )?corner of \Z", re.I)
_AND = re.compile(r" and (?:[0-9]{1,5} )?")
_POST_OFFICE = re.compile(r"(?:[0-9]{1,6} )?\bp\.? ?o\.? ?\Z", re.I)
_MILITARY_UNIT = re.compile(
    r"\b(?:(?:unit|psc|cmr) [0-9]{1,5},? box [0-9]{1,5}|us[a-z]{2} \w{2,24})[ \n,]{1,3}\Z", re.I
)
_MILITARY_OFFICE = re.compile(r"[afd]po a[aep] [0-9]{5}(?:-[0-9]{4})?\b", re.I)
_DIGIT = re.compile("[0-9]")
_NEAR_BEFORE, _NEAR = 10, 28
_YEAR = re.compile(r" (?:19|20)[0-9]{2}\b")
_REACH = 32
_LONGEST = 6
MOST_PARTS = 8


class Street(NamedTuple):
    """Where an address begins, where its first line ends, and how sure that is."""

    start: int
    end: int
    score: float


class _Sight(NamedTuple):
    """A run of words as the rules see it."""

    text: str
    words: Sequence[Word]
    names: Sequence[str]
    kinds: Sequence[int]
    leading: re.Match[str] | None
    """Numbers before it."""
    number: re.Match[str] | None
    """A number behind it."""

    @property
    def start(self) -> int:
        return self.leading.start() if self.leading else self.words[0].start

    @property
    def end(self) -> int:
        return self.number.end() if self.number else self.words[-1].end

    @property
    def is_named(self) -> bool:
        """Whether a word is hardly a word of the language, nor an acronym."""
        return any(
            not kind & WORD
            and len(word.text) > 2
            and name not in CALENDAR
            and (len(word.text) > 4 or not word.text.isupper())
            for word, name, kind in zip(self.words, self.names, self.kinds, strict=True)
        )


def address(
    text: str, words: Sequence[Word], names: Sequence[str], kinds: Sequence[int]
) -> Street | None:
    """The address that a run of words begins or holds; given folded too, and with their kinds."""
    if words[0].text.islower():
        words, names, kinds = _from_cue(words, names, kinds)
    first, last = words[0].start, words[-1].end
    is_named = text[first - 2 : first] == ": "
    if (
        not is_named
        and not _DIGIT.search(
            text[max(0, first - _NEAR_BEFORE) : first] + text[last : last + _NEAR]
        )
        and (streets.STREETS.isdisjoint(names))
    ):
        return None
    leading = _NUMBERS_BEFORE.search(text, max(0, first - _REACH), first)
    after = _NUMBER_SOMEWHERE if leading else _NUMBER_AFTER
    number = after.match(text, last)
    sight = _Sight(text, words, names, kinds, leading, number)
    street = next(_streets(sight), None)
    if street is None:
        return None
    start, end, score = street
    if corner := _CORNER.search(text, max(0, start - 14), start):
        start = corner.start()
        end = _second_street(text, end)
    return Street(start, _through_tail(text, end), score)


def _second_street(text: str, end: int) -> int:
    joined = _AND.match(text, end)
    other = _PLACE_NAME.match(text, joined.end()) if joined else None
    if other is None:
        return end
    number = _NUMBER_AFTER.match(text, other.end())
    return number.end() if number else other.end()


def _streets(sight: _Sight) -> Iterator[Street]:
    """Whether a run is a street, surest rule first."""
    yield from _boxes(sight)
    yield from _led_by_type(sight)
    yield from _ended_by_type(sight)
    if (sight.number or sight.leading) and _has_ending(sight.names, sight.kinds):
        yield Street(sight.start, sight.end, 0.8)
    yield from _between_numbers(sight)
    if (sight.is_named or sight.number) and _NAMED.search(
        sight.text, max(0, sight.start - _REACH), sight.start
    ):
        yield Street(sight.start, sight.end, 0.6)


def _boxes(sight: _Sight) -> Iterator[Street]:
    name, number, first = sight.names[-1], sight.number, sight.words[0].start
    if number is None or name not in streets.BOXES:
        return
    office = _POST_OFFICE.search(sight.text, max(0, first - _REACH), first)
    if office or name != "box":
        yield Street(office.start() if office else first, number.end(), 0.9)


def _led_by_type(sight: _Sight) -> Iterator[Street]:
    before = _FIRST_BEFORE.search(sight.text, max(0, sight.start - 12), sight.start)
    if before and sight.number:
        yield Street(_leading_start(sight.text, before.start()), sight.end, 0.8)
    elif before and (start := _leading_start(sight.text, before.start())) < before.start():
        yield Street(start, sight.end, 0.7)
    elif (
        sight.names[0] in streets.FIRST and len(sight.names) > 1 and (sight.number or sight.leading)
    ):
        yield Street(sight.start, sight.end, 0.8)


def _ended_by_type(sight: _Sight) -> Iterator[Street]:
    at = _type_at(sight.names)
    if at is None:
        return
    is_street = sight.names[at] in streets.STREETS
    end = sight.words[at].end
    if sight.leading:
        if is_street or sight.is_named or _has_tail(sight.text, end):
            is_last = at == len(sight.words) - 1
            yield Street(
                sight.start, _with_direction(sight.text, sight.end if is_last else end), 0.85
            )
    elif is_street and (sight.is_named or at > 1):
        yield Street(sight.words[0].start, end, 0.6)


def _between_numbers(sight: _Sight) -> Iterator[Street]:
    """A name with a number behind, and before it another, or a word that leads to an address."""
    if not sight.number or not sight.is_named or len(sight.words) > _LONGEST:
        return
    if sight.leading:
        yield Street(sight.start, sight.end, 0.75)
    elif not _YEAR.match(sight.number[0]) and (
        _is_led(sight) or _is_line(sight.text, sight.start, sight.end)
    ):
        yield Street(sight.start, sight.end, 0.6)


def _from_cue(
    words: Sequence[Word], names: Sequence[str], kinds: Sequence[int]
) -> tuple[Sequence[Word], Sequence[str], Sequence[int]]:
    """What follows the last word that leads to an address, where nothing is capitalised."""
    cut = max((at + 1 for at, name in enumerate(names[:-1]) if name in streets.BEFORE), default=0)
    return words[cut:], names[cut:], kinds[cut:]


def _leading_start(text: str, start: int) -> int:
    leading = _NUMBERS_BEFORE.search(text, max(0, start - _REACH), start)
    return leading.start() if leading else start


def _with_direction(text: str, end: int) -> int:
    direction = _DIRECTION.match(text, end)
    return direction.end() if direction else end


def _type_at(names: Sequence[str]) -> int | None:
    for at, name in enumerate(names):
        if at and (name in streets.STREETS or name in streets.PERHAPS_STREETS):
            is_doubled = names[at + 1 : at + 2] and names[at + 1] in streets.STREETS
            return at + 1 if is_doubled else at
    return None


def _has_ending(names: Sequence[str], kinds: Sequence[int]) -> bool:
    return any(
        len(name) >= streets.SHORTEST_WITH_ENDING
        and not kind & WORD
        and name.endswith(streets.ENDINGS)
        for name, kind in zip(names, kinds, strict=True)
    )


def _is_led(sight: _Sight) -> bool:
    word = _word_before(sight.text, sight.start)
    is_long = sight.number is not None and len(sight.number[0].strip(" .")) > 1
    return word in streets.BEFORE and (is_long or word not in streets.WEAK_BEFORE)


def _word_before(text: str, start: int) -> str:
    words = text[max(0, start - 16) : start].lower().rpartition("\n")[2].split()
    return words[-1].strip(":*\"'(,-") if words else ""


def _is_line(text: str, start: int, end: int) -> bool:
    """Whether a street is a whole line, and an address goes on in the next."""
    begins = start == 0 or text[start - 1] == "\n"
    return begins and text[end : end + 1] == "\n" and _has_tail(text, end)


def _has_tail(text: str, end: int) -> bool:
    return _through_tail(text, end) > end


def _through_tail(text: str, end: int) -> int:
    """Where the parts that follow a street end."""
    was_number = True
    for _ in range(MOST_PARTS):
        gap = _GAP.match(text, end)
        if gap is None:
            break
        at = gap.end()
        number = _UNIT.match(text, at)
        part = number or _POSTCODE.match(text, at) or _STATE.match(text, at)
        if part is None and (was_number or gap[0] != " "):
            part = _place(text, at)
        if part is None:
            break
        was_number = number is not None
        end = part.end()
    return end


def _place(text: str, at: int) -> re.Match[str] | None:
    """A place or street in the address: a name no word of the language."""
    known = lexicon()
    part = _PLACE_NAME.match(text, at) or _LOWER_NAME.match(text, at)
    if part is None:
        return None
    name = folded(part[0])
    if known.get(name, 0) & (MAJOR_PLACE | MINOR_PLACE):
        return part
    if part[0].islower() and " " in name:
        return None
    is_word = all(known.get(word, 0) & WORD for word in name.replace("-", " ").split())
    return None if is_word else part


def military(text: str) -> list[Street]:
    """Addresses of the armed forces of the United States."""
    return [] if "PO A" not in text and "po a" not in text else list(_military(text))


def _military(text: str) -> Iterator[Street]:
    for mark in ("PO A", "po a"):
        at = text.find(mark) - 1
        while at >= 0:
            unit = _MILITARY_UNIT.search(text, max(0, at - _REACH - 8), at)
            office = _MILITARY_OFFICE.match(text, at)
            if unit and office:
                yield Street(unit.start(), office.end(), 0.95)
            at = text.find(mark, at + 4) - 1
