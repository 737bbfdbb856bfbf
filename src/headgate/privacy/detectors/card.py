"""Payment card numbers: a known prefix, its lengths, a grouping people use, and the Luhn digit."""

from collections.abc import Iterator, Sequence

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.check_digits import passes_luhn
from headgate.privacy.text import Form, Number, Text

SHORTEST, USUAL, LONGEST = 12, 15, 19
SHORT_SCORE = 0.8
MOST_GROUPS = 6
SMALLEST_GROUP = 3
"""All but the last group; smaller ones belong to dates and lists."""

_Range = tuple[str, str, frozenset[int]]


def _range(low: str, high: str, *lengths: int) -> _Range:
    return low, high, frozenset(lengths)


# ISO/IEC 7812 issuer ranges of the networks, as prefixes of equal length, both ends included.
RANGES: Sequence[_Range] = (
    _range("4", "4", 13, 16, 18, 19),  # Visa
    _range("51", "55", 16),  # Mastercard
    _range("2221", "2720", 16),
    _range("34", "34", 15),  # American Express
    _range("37", "37", 15),
    _range("300", "305", 14, 16, 19),  # Diners Club
    _range("3095", "3095", 14, 16),
    _range("36", "36", 14, 16, 19),
    _range("38", "39", 14, 16, 19),
    _range("6011", "6011", 16, 17, 18, 19),  # Discover
    _range("644", "649", 16, 17, 18, 19),
    _range("65", "65", 16, 17, 18, 19),
    _range("62", "62", 16, 17, 18, 19),  # UnionPay
    _range("81", "81", 16, 17, 18, 19),
    # JCB has 3528 to 3589; card generators fill all of 35, and a wrong guess costs little.
    _range("35", "35", 16, 17, 18, 19),
    _range("2131", "2131", 15),
    _range("1800", "1800", 15),
    _range("2200", "2205", 16, 17, 18, 19),  # Mir
    _range("5018", "5018", *range(12, 20)),  # Maestro
    _range("5020", "5020", *range(12, 20)),
    _range("5038", "5038", *range(12, 20)),
    _range("5060", "5079", 16, 18, 19),  # Verve, Elo, RuPay
    _range("508", "508", 16),
    _range("58", "58", *range(12, 20)),
    _range("60", "60", 16),
    _range("6304", "6304", *range(12, 20)),
    _range("636", "639", *range(12, 20)),
    _range("67", "67", *range(12, 20)),
    _range("82", "82", 16),
    _range("9792", "9792", 16),  # Troy
    _range("50", "50", 16, 18, 19),  # the rest of Maestro's space, where the length is sure
    _range("56", "57", 16, 18, 19),
    _range("60", "69", 16, 18, 19),
)


def _by_first_two() -> dict[str, list[_Range]]:
    table: dict[str, list[_Range]] = {}
    for each in RANGES:
        low, high, _ = each
        for lead in range(int(low[:2].ljust(2, "0")), int(high[:2].ljust(2, "9")) + 1):
            table.setdefault(str(lead), []).append(each)
    return table


_BY_FIRST_TWO = _by_first_two()


def is_card(digits: str) -> bool:
    """Whether `digits` could have been issued: prefix, length and check digit."""
    length = len(digits)
    for low, high, lengths in _BY_FIRST_TWO.get(digits[:2], ()):
        if length in lengths and low <= digits[: len(low)] <= high:
            return passes_luhn(digits)
    return False


def _find(text: Text) -> Iterator[Hit]:
    for number, places in text.numbers(_places):
        done = 0
        for first, lasts in places:
            if first < done:
                continue
            last = _last_group(number, first, lasts)
            if last is not None and _stands_alone(text, number.begin(first), number.end(last)):
                yield Hit(number.begin(first), number.end(last), score=_score(number, first, last))
                done = last + 1


def _places(form: Form) -> Sequence[tuple[int, Sequence[int]]]:
    """Groups that a card may begin with, each with those it may end with."""
    sizes = form.sizes
    if SHORTEST < len(sizes) <= LONGEST and max(sizes) == 1:
        return [(0, [len(sizes) - 1])]  # `4 1 1 1 …`: the whole number or nothing
    places = ((first, _lasts(form, first)) for first in range(len(sizes)))
    return [(first, lasts) for first, lasts in places if lasts]


def _lasts(form: Form, first: int) -> Sequence[int]:
    lasts, digits = [], 0
    for last in range(first, min(first + MOST_GROUPS, len(form.sizes))):
        if last > first and not _joins(form, first, last):
            break
        digits += form.sizes[last]
        if SHORTEST <= digits <= LONGEST:
            lasts.append(last)
    return lasts


def _joins(form: Form, first: int, last: int) -> bool:
    """Whether group `last` carries on the number that began with `first`."""
    gap = form.gaps[last - 1]
    whole_before = form.sizes[last - 1] >= SMALLEST_GROUP
    return whole_before and len(gap) == 1 and gap == form.gaps[first]


def _score(number: Number, first: int, last: int) -> float:
    """Less for the lengths that other numbers have as well."""
    size = sum(number.form.sizes[first : last + 1])
    return 1.0 if size >= USUAL else SHORT_SCORE


def _last_group(number: Number, first: int, lasts: Sequence[int]) -> int | None:
    """Which of `lasts` ends a card that begins with group `first`; `None`: there is none."""
    best = None
    if number.form.sizes[first] > 1 and number.group(first)[:2] not in _BY_FIRST_TWO:
        return None
    for last in lasts:
        digits = number.digits(first, last)
        if is_card(digits):
            if len(digits) >= USUAL:
                return last
            best = last  # a longer one that also passes is the better reading
    return best


def _stands_alone(text: Text, start: int, end: int) -> bool:
    """Not a stretch of a decimal fraction, a hash or a token.

    A word directly before it is fine (`card4111…`): no hash is letters first, digits after.
    """
    value = text.value
    if text.is_word_at(end) or (value[end : end + 1] == "." and value[end + 1 : end + 2].isdigit()):
        return False
    if value[start - 1 : start] == "." and value[max(0, start - 2) : start - 1].isdigit():
        return False
    while start and text.shape[start - 1] == ord("a"):
        start -= 1
    return not text.is_word_at(start - 1)


DETECTOR = Detector(
    name="card",
    find=_find,
    examples=(
        "card 4111 1111 1111 1111 exp 12/27",
        "4111-1111-1111-1111",
        "my card is 5500005555555559.",
        "amex 3782 822463 10005",
        "3056 930902 5904",
        "6011111111111117 and 3530111333300000",
        "maestro 6759649826438453",
        "visa 4222222222222",
        "2223003122003222",
        "４１１１１１１１１１１１１１１１",
        "4111\u200b1111\u200b1111\u200b1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111\u20111111\u20111111\u20111111",
        "卡号4111111111111111谢谢",
        "card_4111111111111111",
        "card4111111111111111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    ),
    counter_examples=(
        "4111 1111 1111 1112",
        "order 1234567890123456",
        "0.4111111111111111",
        "sha 9f4111111111111111ab",
        "4111111111111111e7",
        "at 1700000000000 ms",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
        "2021 2022 2023 2024",
        "978-3-16-148410-0",
        "550e8400-e29b-41d4-a716-446655440000",
    ),
)
