"""Name what a text mentions, by lists of names and by the words around.

Each run of capitalised words is read from the left: a company's form or an institution makes
an organization of the words before it, the longest place name is a place, titles are set
apart, and what remains between ordinary words is a group of names. A group of several is a
person as soon as one of them is a known name; a single one needs a given name or a cue.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from headgate.privacy.detector import Hit
from headgate.privacy.gazetteer.lexicon import (
    COUNTRY,
    GIVEN,
    MAJOR_PLACE,
    MINOR_PLACE,
    NATIONALITY,
    SURNAME,
    WORD,
    folded,
    lexicon,
    place_beginnings,
)
from headgate.privacy.mentions import cues, streets
from headgate.privacy.mentions.address import address, military
from headgate.privacy.mentions.context import Context, context_of
from headgate.privacy.mentions.runs import Word, runs
from headgate.privacy.text import Text

Label = Literal["address", "person", "place", "organization", "title", "nationality"]
NAME = GIVEN | SURNAME
PLACE = MAJOR_PLACE | MINOR_PLACE
LONGEST_PLACE = 4


_FIRST_PARTNER = re.compile(r"\b(\w+) ([^\W\d_a-z][^\W\d_]+), \Z")
_PARTS = re.compile("[-'’]")
_PART = re.compile(r"(?:Mc|Mac|De|Del|Di|Du|La|Le|Van|Fitz|St)?[^\W\d_]?[^A-Z]*")


class Mention(NamedTuple):
    """A name in a text, with what it names."""

    start: int
    end: int
    label: Label
    score: float


_MAKE_NAMES = (
    cues.COMPANY_FORMS
    | cues.STRONG_INSTITUTIONS
    | cues.INSTITUTIONS
    | streets.STREETS
    | cues.TITLES
)
"""Words that may make a name of ordinary words."""


class _Run:
    """A run's words beside their folded forms and kinds."""

    __slots__ = ("folded", "kinds", "text", "words")

    def __init__(self, text: str, words: list[Word]) -> None:
        known = lexicon()
        self.text = text
        self.words = words
        self.folded = [folded(word.text) for word in words]
        self.kinds = [known.get(each) or _kind_of_parts(each) for each in self.folded]

    def mention(self, first: int, end: int, label: Label, score: float) -> Mention:
        return Mention(self.words[first].start, self.words[end - 1].end, label, score)

    def is_plain(self) -> bool:
        """Whether these are ordinary words that no number and no company's form stands beside."""
        if any(kind != WORD for kind in self.kinds):
            return False
        makers = (_MAKE_NAMES, place_beginnings())
        if len(self.words) > 1 and not all(each.isdisjoint(self.folded) for each in makers):
            return False
        start, end = self.words[0].start, self.words[-1].end
        beside = self.text[max(0, start - 2) : start] + self.text[end : end + 2]
        return not any(each.isdecimal() for each in beside)

    def is_shouted(self, first: int, end: int) -> bool:
        return all(word.text.isupper() for word in self.words[first:end])

    def context(self, first: int, end: int) -> Context:
        return context_of(self.text, self.words[first].start, self.words[end - 1].end)


def _kind_of_parts(word: str) -> int:
    """Of a hyphenated name: what its parts have in common; of `d'Arc`: what the rest is."""
    if "-" not in word:
        return 0
    known = lexicon()
    parts = word.split("-")
    kinds = [known.get(part, 0) for part in parts]
    is_ordinary = all(kind & WORD for kind in kinds)
    if is_ordinary or any(
        (kind & WORD and not kind & NAME) or part in cues.CALENDAR
        for part, kind in zip(parts, kinds, strict=True)
    ):
        return WORD
    return NAME if any(kind & NAME for kind in kinds) else 0


def mentions(text: str) -> tuple[Mention, ...]:
    """Everything named in `text`, in order, without overlaps."""
    known = lexicon()
    found: list[Mention] = []
    done = 0
    posts = military(text)
    for words in runs(text):
        if words[0].start < done or any(one.start <= words[0].start < one.end for one in posts):
            continue
        if len(words) == 1:
            kind = known.get(folded(words[0].text), 0)
            # Most runs are the first word of a sentence.
            if kind == WORD and words[0].text.lower() not in cues.TITLES:
                continue
        run = _Run(text, words)
        if run.is_plain():
            continue
        if firm := _firm(run):
            while found and found[-1].end > firm.start:
                found.pop()
            found.append(firm)
            continue
        if street := address(text, words, run.folded, run.kinds):
            found.append(Mention(street.start, street.end, "address", street.score))
            done = street.end
            continue
        found.extend(_alone(run) if len(words) == 1 else _in_run(run))
    found.extend(Mention(one.start, one.end, "address", one.score) for one in posts)
    return tuple(sorted(found))


def _firm(run: _Run) -> Mention | None:
    """Three surnames after a word such as `at`: `Hall, Romero and Clark`."""
    if len(run.words) != 3 or run.folded[1] not in {"and", "&"}:
        return None
    if run.words[0].text.isupper() or (run.kinds[0] & run.kinds[2] & WORD):
        return None
    first = _FIRST_PARTNER.search(run.text, max(0, run.words[0].start - 40), run.words[0].start)
    if first is None or first[1].lower() not in cues.FIRM_BEFORE:
        return None
    return Mention(first.start(2), run.words[2].end, "organization", 0.6)


def _alone(run: _Run) -> Iterator[Mention]:
    """What `_in_run` says of a run of one word, without looking for what takes several."""
    if _is_people(run, 0):
        yield run.mention(0, 1, "nationality", 0.7)
    elif _may_be_name(run, 0, None):
        yield from _in_group(run, 0, 1)


def _in_run(run: _Run) -> Iterator[Mention]:
    place = 0
    group: int | None = None
    while place <= len(run.words):
        step = _fixed(run, place, group) if place < len(run.words) else (place + 1, None)
        if step is None:
            group = place if group is None else group
            place += 1
            continue
        end, mention = step
        if group is not None:
            yield from _in_group(run, group, place)
            group = None
        if mention is not None:
            yield mention
        place = end


def _fixed(run: _Run, place: int, group: int | None) -> tuple[int, Mention | None] | None:
    """What begins at a word whatever stands around, or nothing but an end of names."""
    if whole := _organization(run, place) or _place(run, place):
        return whole
    word = run.folded[place]
    if word in cues.TITLES and _is_title(run, place):
        return place + 1, run.mention(place, place + 1, "title", 0.8)
    if _is_people(run, place):
        return place + 1, run.mention(place, place + 1, "nationality", 0.7)
    return None if _may_be_name(run, place, group) else (place + 1, None)


def _is_people(run: _Run, place: int) -> bool:
    kind = run.kinds[place]
    if not kind & NATIONALITY or not run.words[place].text.istitle():
        return False
    if not kind & GIVEN:
        return True
    return len(run.words) == 1 and not run.context(place, place + 1).is_person


def _may_be_name(run: _Run, place: int, group: int | None) -> bool:
    """Whether a word belongs to a name, alone or with those around."""
    word, kind, text = run.folded[place], run.kinds[place], run.words[place].text
    if group is not None and (
        (word in cues.PARTICLES and place + 1 < len(run.words))
        or (len(word) == 1 and text.isupper())
    ):
        return True
    if group is None and place and run.folded[place - 1] in cues.TITLES and text.isupper():
        return True
    if word in cues.CALENDAR or word in cues.NEVER_NAMES or text in {"I", "A"}:
        return False
    return not kind & WORD or bool(kind & NAME and _is_beside_name(run, place))


def _is_title(run: _Run, place: int) -> bool:
    if place + 1 == len(run.words):
        return False
    return run.folded[place] in cues.ABBREVIATED_TITLES or not run.kinds[place + 1] & WORD


def _is_beside_name(run: _Run, place: int) -> bool:
    """Whether a word that may be a name stands beside one that is hardly anything else."""
    kind = run.kinds[place]
    follows = (
        kind & GIVEN and _is_only_name(run, place + 1) and run.words[place + 1].text[1:].islower()
    )
    leads = kind & SURNAME and _is_only_name(run, place - 1) and run.kinds[place - 1] & GIVEN
    if follows or leads:
        return True
    return bool(kind & GIVEN) and run.context(place, place + 1).is_person


def _is_only_name(run: _Run, place: int) -> bool:
    if not 0 <= place < len(run.words) or run.folded[place] in cues.CALENDAR:
        return False
    its, text = run.kinds[place], run.words[place].text
    if text.isupper() and len(text) < 5:
        return False
    return not its & (WORD | NATIONALITY | COUNTRY) and (its & NAME != 0 or its == 0)


def _organization(run: _Run, place: int) -> tuple[int, Mention] | None:
    """The organization that begins at a word and ends with its form."""
    if run.folded[place] in cues.INSTITUTIONS and run.folded[place + 1 : place + 2] == ["of"]:
        end = _end_of_capitals(run, place + 2)
        if end > place + 2:
            return end, run.mention(place, end, "organization", 0.8)
    last = None
    for at in range(place + 1, min(len(run.words), place + 7)):
        word = run.folded[at]
        if word in cues.COMPANY_FORMS or word in cues.INSTITUTIONS:
            last = at
        elif last is not None:
            break
    if last is None or not run.words[place].text[0].isupper():
        return None
    if run.folded[place] in cues.TITLES or run.folded[place] in {"the", "this", "our", "your"}:
        return None
    is_formal = run.folded[last] in {"inc", "llc", "ltd", "gmbh", "corp"} or (
        run.folded[last] in cues.STRONG_INSTITUTIONS
    )
    is_plain = all(kind & WORD for kind in run.kinds[place:last])
    if not is_formal and (is_plain or run.is_shouted(place, last + 1)):
        return None
    return last + 1, run.mention(place, last + 1, "organization", 0.85 if is_formal else 0.7)


def _end_of_capitals(run: _Run, place: int) -> int:
    while place < len(run.words) and run.words[place].text[0].isupper():
        place += 1
    return place


def _place(run: _Run, place: int) -> tuple[int, Mention] | None:
    """The longest place name of several words, or a single unmistakable one."""
    longest = min(LONGEST_PLACE, len(run.words) - place)
    if longest < 2 or run.folded[place] not in place_beginnings():
        return None
    known = lexicon()
    for length in range(longest, 1, -1):
        kind = known.get(" ".join(run.folded[place : place + length]), 0)
        if kind & MAJOR_PLACE:
            return place + length, run.mention(place, place + length, "place", 0.9)
        if kind & MINOR_PLACE:
            is_plain = all(each & WORD for each in run.kinds[place : place + length])
            if not is_plain or run.context(place, place + length).is_place:
                return place + length, run.mention(place, place + length, "place", 0.7)
    return None


def _in_group(run: _Run, first: int, end: int) -> Iterator[Mention]:
    """What names between two ordinary words stand for."""
    while end > first and run.folded[end - 1] in cues.PARTICLES:
        end -= 1
    if end == first or any(_is_identifier(word.text) for word in run.words[first:end]):
        return
    mention = _single(run, first) if end - first == 1 else _several(run, first, end)
    if mention is not None:
        yield mention


def _is_identifier(word: str) -> bool:
    """Whether capitals stand inside it, as in no name but `McCathie`, or only before a hyphen."""
    if "-" in word and word[0].isupper() and any(part[:1].islower() for part in word.split("-")):
        return True
    if word.isupper() or word.islower() or word[1:].islower():
        return False
    return not all(_PART.fullmatch(part) for part in _PARTS.split(word))


def _several(run: _Run, first: int, end: int) -> Mention | None:
    label, score = next(_kinds_of_several(run, first, end), (None, 0.0))
    return run.mention(first, end, label, score) if label else None


def _kinds_of_several(run: _Run, first: int, end: int) -> Iterator[tuple[Label, float]]:
    """What a group of words may name, likeliest first."""
    kinds = run.kinds[first:end]
    context = run.context(first, end)
    if context.is_person or _follows_title(run, first):
        yield "person", 0.9
    if context.is_organization:
        yield "organization", 0.6
    if context.is_surely_place:
        yield "place", 0.6
    if run.is_shouted(first, end) and not (
        end - first == len(run.words) and all(kind & NAME for kind in kinds)
    ):
        return
    if kinds[0] & GIVEN:
        yield "person", 0.85
    if any(kind & NAME for kind in kinds):
        yield "person", 0.7
    if context.is_place or all(kind & PLACE for kind in kinds):
        yield "place", 0.6
    if all(_looks_like_name(word.text) for word in run.words[first:end]) and end - first < 4:
        yield "person", 0.5


def _looks_like_name(word: str) -> bool:
    return word.istitle() or (len(word) == 1 and word.isupper())


def _single(run: _Run, place: int) -> Mention | None:
    label, score = next(_kinds_of_single(run, place), (None, 0.0))
    return run.mention(place, place + 1, label, score) if label else None


def _kinds_of_single(run: _Run, place: int) -> Iterator[tuple[Label, float]]:
    """What a word may name, likeliest first."""
    kind, word = run.kinds[place], run.words[place].text
    if len(word) < 2 or (word.isupper() and len(word) < 5 and not kind & MAJOR_PLACE):
        return
    context = run.context(place, place + 1)
    if word.isupper() and not (
        context.is_named or context.is_surely_place or (kind & PLACE and context.is_place)
    ):
        return
    if _follows_title(run, place) or context.is_named or (kind & GIVEN and context.is_person):
        yield "person", 0.9
    is_known = kind & COUNTRY or (kind & MAJOR_PLACE and not kind & GIVEN)
    if kind & PLACE and (context.is_place or is_known):
        yield "place", 0.85 if kind & MAJOR_PLACE else 0.7
    if context.is_person and not kind & MAJOR_PLACE:
        yield "person", 0.8
    if context.is_organization:
        yield "organization", 0.6
    if context.is_surely_place:
        yield "place", 0.6
    if kind & GIVEN and not kind & WORD and len(word) > 2:
        yield "person", 0.7
    if kind & MAJOR_PLACE:
        yield "place", 0.6


def _follows_title(run: _Run, first: int) -> bool:
    return first > 0 and run.folded[first - 1] in cues.TITLES


def labelled(text: Text, label: Label) -> Iterator[Hit]:
    """The mentions of one kind, as a detector yields them."""
    for each in text.once(mentions):
        if each.label == label:
            yield Hit(each.start, each.end, "", each.score)
