"""Values and the placeholders that stand for them, of one tenant and session.

A placeholder follows from the key and the value exactly as it stood, so every message, turn,
retry and worker arrives at the same one, and nobody without the key can make one up. Values
that differ in case only get different codes that begin alike, so that a model sees what they
have in common.
"""

import hmac
import json
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from typing import Literal

import msgspec
from typing_extensions import override

from headgate.core.errors import TooLarge
from headgate.privacy.placeholder import (
    ALPHABET,
    CODE_LENGTH,
    Match,
    Reader,
    reader_of,
    stem_of,
)

Form = Literal["plain", "json", "number"]
"""How a value was written: as it is; with the escapes of JSON text; or as a number of JSON
text, whose placeholder stands in quotes."""
Context = Literal["text", "json", "leaf"]
"""Where a value is put: into text; into a string of JSON text; into a text taken out of JSON."""
MOST_VALUES = 50_000
"""Of one session."""
_ALIKE = 6
"""How many characters of a code values have in common that differ in case only."""
_NONE: frozenset[str] = frozenset()


class Value:
    """What a placeholder stands for. Never shows it."""

    __slots__ = ("_in_json", "_leaf", "form", "in_prose", "label", "text")

    def __init__(self, label: str, text: str, form: Form) -> None:
        self.label = label
        self.text = text
        self.form = form
        self._in_json = escaped(text) if form == "plain" else text
        self._leaf = unescaped(text) if form == "json" else text
        self.in_prose = self._leaf if escaped(self._leaf) == self._leaf else text
        """As a model speaks of it in words of its own: `M\\u00fcller` is `Müller` there, and
        what JSON needs escaped stays so, as nobody knows where it will stand."""

    @override
    def __repr__(self) -> str:
        return f"<value of {self.label}>"

    def written_in(self, context: Context) -> str:
        """The value as it is written there; in text, as it stood."""
        match context:
            case "text":
                return self.text
            case "json":
                return self._in_json
            case "leaf":
                return self._leaf


class Tally:
    """How many values the sessions of a vault hold together."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class Pseudonyms:
    """What stands for what in one session. Never shows a value."""

    __slots__ = (
        "_key",
        "_labels",
        "_names",
        "_new",
        "_numbers",
        "_reader",
        "_sorted",
        "_values",
        "tally",
    )

    def __init__(self, key: bytes, tally: Tally | None = None) -> None:
        """With the key of a tenant's session; see `vault.session_key`."""
        self.tally = tally
        """Where its values are counted, while a vault keeps it."""
        self._key = key
        self._values: dict[str, Value] = {}
        self._names: dict[tuple[str, Form, str], str] = {}
        self._sorted: list[str] = []
        self._labels: set[str] = set()
        self._numbers: list[str] = []
        self._new: list[str] = []
        self._reader: Reader | None = None

    def __len__(self) -> int:
        return len(self._values)

    @override
    def __repr__(self) -> str:
        return f"<pseudonyms of {len(self._values)} values>"

    def name_of(
        self, label: str, text: str, form: Form = "plain", *, taken: Collection[str] = _NONE
    ) -> str:
        """The placeholder of a value, which is live from now on.

        `taken` are codes that a new one must not have: they stand in the request already.

        Raises:
            TooLarge: The session has more values than are kept.
        """
        known = self._names.get((label, form, text))
        if known is not None:
            return known
        if len(self._values) >= MOST_VALUES:
            raise TooLarge(
                f"a session holds more than {MOST_VALUES} values to be masked",
                hint="begin another session",
            )
        attempt = 0
        while True:
            code = self._code(label, text, form, attempt)
            name = stem_of(label) + code
            if name not in self._values and code not in taken:
                break
            attempt += 1
        self._add(name, Value(label, text, form))
        self._new.append(name)
        return name

    def value_of(self, name: str) -> Value | None:
        """What a placeholder stands for; `None` of one that is not ours."""
        return self._values.get(name)

    @property
    def reader(self) -> Reader | None:
        """Finds placeholders of the labels that are live; `None` while none is."""
        if self._reader is None and self._labels:
            self._reader = reader_of(frozenset(self._labels), quoted=bool(self._numbers))
        return self._reader

    def next_in(self, text: str, start: int = 0) -> tuple[Match, Value] | None:
        """The first live placeholder from `start` on."""
        reader = self.reader
        while reader is not None and (match := reader.next(text, start)) is not None:
            value = self._values.get(match.name)
            if value is not None:
                return match, value
            start = match.start + 1
        return None

    def is_begun_by(self, beginning: str) -> bool:
        """Whether a live placeholder begins so and goes on; a quote only before a number's."""
        names = self._numbers if beginning.startswith('"') else self._sorted
        bare = beginning.removeprefix('"')
        place = bisect_left(names, bare)
        if place == len(names) or not names[place].startswith(bare):
            return False
        return names is self._numbers or names[place] != bare

    def has_code(self, code: str) -> bool:
        """Whether a live placeholder of any label has it."""
        return any(stem_of(label) + code in self._values for label in self._labels)

    def take_new(self) -> list[bytes]:
        """What was added since the last call, for a store to keep; each restores itself."""
        new, self._new = self._new, []
        return [_pack((name, *_parts(self._values[name]))) for name in new]

    def restore(self, kept: Iterable[bytes]) -> None:
        """Take back what a store has kept of this session."""
        for packed in kept:
            name, label, form, text = _unpack(packed)
            if name not in self._values:
                self._add(name, Value(label, text, form))

    def _add(self, name: str, value: Value) -> None:
        self._values[name] = value
        if self.tally is not None:
            self.tally.count += 1
        self._names.setdefault((value.label, value.form, value.text), name)
        insort(self._sorted, name)
        if value.form == "number":
            self._reader = self._reader if self._numbers else None
            insort(self._numbers, name)
        if value.label not in self._labels:
            self._labels.add(value.label)
            self._reader = None

    def _code(self, label: str, text: str, form: Form, attempt: int) -> str:
        alike = self._digits(f"alike\0{label}\0{form}\0{attempt}\0{text.casefold()}", _ALIKE)
        exact = f"exact\0{label}\0{form}\0{attempt}\0{text}"
        return alike + self._digits(exact, CODE_LENGTH - _ALIKE)

    def _digits(self, message: str, count: int) -> str:
        digest = hmac.digest(self._key, message.encode("utf-8", "surrogatepass"), "sha256")
        number = int.from_bytes(digest[:16])
        digits = []
        for _ in range(count):
            number, digit = divmod(number, len(ALPHABET))
            digits.append(ALPHABET[digit])
        return "".join(digits)


def escaped(text: str) -> str:
    """`text` as it stands in a string of JSON text."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def unescaped(text: str) -> str:
    """What a part of a string of JSON text says."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _parts(value: Value) -> tuple[str, Form, bytes]:
    return value.label, value.form, value.text.encode("utf-8", "surrogatepass")


_pack = msgspec.msgpack.Encoder().encode
_read = msgspec.msgpack.Decoder(tuple[str, str, Form, bytes])


def _unpack(packed: bytes) -> tuple[str, str, Form, str]:
    name, label, form, text = _read.decode(packed)
    return name, label, form, text.decode("utf-8", "surrogatepass")
