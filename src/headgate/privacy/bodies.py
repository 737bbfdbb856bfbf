"""Placeholders in whole JSON values: the body of a reply, or what a frame says again."""

from typing import Any

from msgspec import Raw

from headgate.privacy.pseudonyms import Context, Pseudonyms
from headgate.privacy.restore import Lane, count_of_loose
from headgate.wire import exact
from headgate.wire.members import UNREADABLE

_JSON_TEXTS = frozenset({"arguments"})
"""Members whose text is JSON in every dialect that has them."""
_ARGUMENTS = frozenset({"arguments", "args", "input"})
"""Members whose object is what a tool is called with."""


class WholeTexts:
    """Restores texts that are there whole; counts what it could not."""

    __slots__ = ("_is_json_asked", "_names", "unrestored")

    def __init__(self, names: Pseudonyms, *, is_json_asked: bool = False) -> None:
        """`is_json_asked`: the answer is to be JSON, in which values must be escaped."""
        self._names = names
        self._is_json_asked = is_json_asked
        self.unrestored = 0

    def body(self, body: bytes) -> bytes:
        """A reply or an error; as it is if it holds no placeholder or is not JSON."""
        if b"_" not in body and b"\\u005" not in body:
            return body
        try:
            said = exact.decode(body)
        except UNREADABLE:
            return body
        restored = self.value(said)
        return body if restored is said else exact.encode(restored)

    def value(self, value: Any, member: str = "", *, is_leaf: bool = False) -> Any:
        """A decoded value with every text in it restored; itself if that changes nothing.

        `is_leaf`: its texts were taken out of the JSON of a call.
        """
        match value:
            case str():
                return self._text(value, member, is_leaf=is_leaf)
            case dict():
                return self._object(value, is_leaf=is_leaf or member in _ARGUMENTS)
            case list():
                new = [self.value(each, is_leaf=is_leaf) for each in value]
                return new if _differ(new, value) else value
            case _:
                return value

    def text(self, text: str, context: Context = "text") -> str:
        """One text."""
        if "_" not in text:
            self.unrestored += count_of_loose(text, self._names)
            return text
        lane = Lane(self._names, context)
        restored = lane.feed(text) + lane.end()
        self.unrestored += lane.unrestored
        return restored if restored != text else text

    def _text(self, text: str, member: str, *, is_leaf: bool) -> str | Raw:
        if is_leaf:
            number = self._number(text)
            return self.text(text, "leaf") if number is None else number
        is_json = member in _JSON_TEXTS or (
            self._is_json_asked and text.lstrip().startswith(("{", "["))
        )
        if is_json:
            return self.text(text, "json")
        number = self._number(text)
        return self.text(text) if number is None else number

    def _object(self, value: dict[str, Any], *, is_leaf: bool) -> dict[str, Any]:
        context: Context = "leaf" if is_leaf else "text"
        new = {
            self.text(key, context) if "_" in key else key: self.value(each, key, is_leaf=is_leaf)
            for key, each in value.items()
        }
        return new if _differ(new.values(), value.values()) or new.keys() != value.keys() else value

    def _number(self, text: str) -> Raw | None:
        """What all of a text stands for, if it was a number."""
        found = self._names.next_in(text) if "_" in text else None
        if found is None or found[1].form != "number":
            return None
        match, value = found
        is_all = match.start == 0 and match.end == len(text)
        return Raw(value.text.encode()) if is_all else None


def _differ(new: Any, old: Any) -> bool:
    return any(one is not other for one, other in zip(new, old, strict=True))
