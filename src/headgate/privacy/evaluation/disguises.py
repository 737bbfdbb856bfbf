"""Identifiers as people and programs disguise them, and how many of them are found."""

import base64
import json
from collections.abc import Callable, Mapping
from urllib.parse import quote

from headgate.privacy.scan import findings, usual_labels

IDENTIFIERS: Mapping[str, str] = {
    "card": "4111 1111 1111 1111",
    "phone": "+44 20 7946-0958",
    "email": "ada-99@mail.example.com",
    "ssn": "536-90-4399",
    "iban": "DE89 3704 0044 0532 0130 00",
}
"""One of each kind that is looked for; none is anybody's."""


def _spread(between: str) -> Callable[[str], str]:
    """Puts something invisible after every third character."""
    return lambda value: (
        "".join(letter + between * (place % 3 == 2) for place, letter in enumerate(value[:-1]))
        + value[-1]
    )


def _wide(value: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in value)


def _native(value: str) -> str:
    return value.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)})


def _dashes(value: str) -> str:
    return value.replace(" ", "-").replace("-", "\u2011")


def _spaces(value: str) -> str:
    return value.replace(" ", "\u2009").replace("-", "\u2010")


def _wrapped(value: str) -> str:
    """Broken by a mail program: in the middle, at the nearest place that it breaks at."""
    middle = len(value) // 2
    places = [at + (letter != " ") for at, letter in enumerate(value) if letter in " -@."]
    at = min(places, key=lambda place: abs(place - middle))
    return value[:at] + "\n" + value[at:].removeprefix(" ")


def _json(value: str) -> str:
    return "".join(each if each.isalnum() else f"\\u{ord(each):04x}" for each in value)


def _html(value: str) -> str:
    return "".join(each if each.isalnum() else f"&#{ord(each)};" for each in value)


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "full width": _wide,
    "native digits": _native,
    "zero width": _spread("\u200b"),
    "soft hyphen": _spread("\u00ad"),
    "odd dashes": _dashes,
    "odd spaces": _spaces,
    "line wrap": _wrapped,
    "JSON escapes": _json,
    "URL escapes": lambda value: quote(value, safe=""),
    "HTML entities": _html,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "hexadecimal": lambda value: value.encode().hex(),
}
"""How a value is written, by the name of the disguise."""
SENTENCES = (
    "Please note {} for the next time, thank you.",
    "{}",
    json.dumps({"note": "line one\nPlease keep {} on file\tand reply."}),
)


def is_covered(label: str, value: str, disguise: Callable[[str], str]) -> bool:
    """Whether a scan covers all of the disguised value, in every sentence."""
    hidden = disguise(value)
    for sentence in SENTENCES:
        text = sentence.replace("{}", hidden)
        start = text.index(hidden)
        found = [each for each in findings(text, usual_labels()) if each.label == label]
        if not any(e.start <= start and e.end >= start + len(hidden) for e in found):
            return False
    return True


def matrix() -> dict[str, dict[str, bool]]:
    """For each disguise, which identifiers are found in it."""
    return {
        name: {label: is_covered(label, value, hide) for label, value in IDENTIFIERS.items()}
        for name, hide in DISGUISES.items()
    }
