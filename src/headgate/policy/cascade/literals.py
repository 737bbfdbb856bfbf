"""Short answers in one spelling: numbers, choices, words."""

import re
from fractions import Fraction

MOST_DIGITS = 40

_DECORATION = " \t\n*_`$\\()[]{}.,;:!?\"'“”’"
_FRACTION = re.compile(r"\\d?frac\{(-?\d+)\}\{(\d+)\}")
_NUMBER = re.compile(
    r"(?P<before>[$€£¥]|usd|eur)?\s*(?P<sign>[-+−]?)\s*(?P<money>[$€£¥])?\s*"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?:e(?P<exponent>[-+]?\d{1,2})|\s*/\s*(?P<below>\d+))?"
    r"\s*(?P<unit>[%°a-zäöüß²³€$£¥µ/ -]{0,30})",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"(?:(?:the\s+)?(?:correct\s+)?(?:option|choice|answer)\s*(?:is)?\s*:?\s*)?"
    r"[(\[]?(?P<letter>[a-zA-Z])(?:[)\].:]+\s*(?P<rest>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_LITERAL = re.compile(r"[\[\](){}'\"<>]")
_UNITS = {
    "$": "usd",
    "us$": "usd",
    "dollar": "usd",
    "€": "eur",
    "euro": "eur",
    "£": "gbp",
    "pound": "gbp",
    "percent": "%",
    "per cent": "%",
}


def as_number(text: str) -> tuple[str, str] | None:
    """The exact value and its unit: `$1,080.50` and `1080.5 dollars` are one number."""
    plain = _bare(_FRACTION.sub(r"\1/\2", text.replace("\\$", "$").replace("\\%", "%")))
    found = _NUMBER.fullmatch(plain)
    if (
        found is None
        or len(found["digits"]) > MOST_DIGITS
        or len(found["below"] or "") > MOST_DIGITS
    ):
        return None
    below = int(found["below"] or 1)
    if not below:
        return None
    value = Fraction(_point(found["digits"])) / below
    value *= Fraction(10) ** int(found["exponent"] or 0)
    value = -value if found["sign"] in {"-", "−"} else value
    return str(value), _unit(found["before"] or found["money"] or found["unit"])


def as_choice(text: str) -> tuple[str, str] | None:
    """The letter, and the words behind it if there are any."""
    found = _CHOICE.fullmatch(text.strip(" \t\n*_`."))
    if found is None:
        return None
    return found["letter"].upper(), as_words(found["rest"] or "")


def as_words(text: str) -> str:
    """The text without case, spaces and marks around it; a literal keeps its case."""
    one_line = " ".join(text.split())
    if _LITERAL.search(one_line):
        return one_line.strip("` ").replace('"', "'").replace(" ", "")
    return one_line.strip(_DECORATION).casefold()


def _bare(text: str) -> str:
    return text.lstrip(" \t\n*_`\\(=≈").rstrip(" \t\n*_`\\).,;:!")


def _point(digits: str) -> str:
    """`1,234.5` → `1234.5`, and `3,5` → `3.5`."""
    whole, comma, rest = digits.rpartition(",")
    if comma and len(rest) != 3 and "." not in rest:
        return f"{whole}.{rest}"
    return digits.replace(",", "")


def _unit(text: str) -> str:
    plain = text.strip(" .").casefold()
    single = plain[:-1] if plain.endswith("s") and len(plain) > 2 else plain
    return _UNITS.get(single, single)
