"""Where in a text its final value stands: boxed, announced, or all there is."""

import re

LONGEST_VALUE = 200
"""Characters. A longer text that states no result is prose."""
TAIL = 4_000
"""Characters, from the end, in which a result is looked for."""

_BOXED = "\\boxed{"
_ANNOUNCED = re.compile(
    r"(?:\b(?:final\s+)?(?:answer|result)(?:\s+is(?=[\s:])|\s*[:=])|^[ \t]*####)"
    r"\s*:?[ \t]*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_END_OF_SENTENCE = re.compile(r"(?<=[^\s\d][.!?])\s+|(?<=\d[.!?])\s+(?=[A-Z])")
_FENCE = re.compile(r"^```\w*\n(?P<inside>.*?)\n?```$", re.DOTALL)
_NUMBER = re.compile(r"[-−]?[$€£]?\d[\d,]*(?:\.\d+)?%?")
_SUM = re.compile(r"\d\s*=\s*[$€£]?\d|=\s*[$€£]?\d")


def final_value(text: str) -> str | None:
    """The part of `text` that states its result; `None` when it is prose or empty.

    The last number of a text counts only where the text calculates: prose is full of years.
    """
    tail = text[-TAIL:].strip()
    boxed = _boxed(tail)
    if boxed is not None:
        return boxed
    if announced := list(_ANNOUNCED.finditer(tail)):
        return _first_sentence(tail[announced[-1].end() :])
    whole = _unfenced(tail)
    if whole and len(text) <= TAIL and len(whole) <= LONGEST_VALUE and _is_one_sentence(whole):
        return whole
    return _calculated(tail)


def _boxed(text: str) -> str | None:
    """Inside of the last `\\boxed{…}`, braces balanced."""
    start = text.rfind(_BOXED)
    if start < 0:
        return None
    begin = start + len(_BOXED)
    depth = 1
    for index in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if not depth:
            return text[begin:index].strip() or None
    return None


def _first_sentence(text: str) -> str | None:
    line = text.splitlines()[0]
    sentence = _END_OF_SENTENCE.split(line, maxsplit=1)[0].strip()
    return sentence if len(sentence) <= LONGEST_VALUE else None


def _is_one_sentence(text: str) -> bool:
    return "\n" not in text and len(_END_OF_SENTENCE.split(text, maxsplit=1)) == 1


def _unfenced(text: str) -> str:
    fenced = _FENCE.match(text)
    return fenced["inside"].strip() if fenced else text


def _calculated(text: str) -> str | None:
    if not _SUM.search(text):
        return None
    numbers = _NUMBER.findall(text.splitlines()[-1])
    return numbers[-1] if numbers else None
