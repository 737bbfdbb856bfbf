"""Read base64 and hexadecimal that spells text. A finding in it covers the whole run.

Almost every long run of such characters is a name, a path, a hash or an image. The first
bytes tell: those of anything but text have one in them that no text has.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator

from headgate.privacy.shadow.view import View

SHORTEST_BASE64 = 15
"""Of eleven characters, the shortest identifier worth hiding like this."""
SHORTEST_HEX = 22
MIME_LINE = 60
"""A run this long may go on in the next line."""
_PROBE = 16

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_IS_BASE64 = bytes(ord("x") if code in _BASE64 else ord(" ") for code in range(256))
_LONG = b"x" * SHORTEST_BASE64
_RUN = re.compile(rb"x+")
_WRAPPED = re.compile(rb"\r?\n[ \t]{0,8}(?=[A-Za-z0-9+/])")
_HEX = re.compile(r"(?:0[xX])?((?:[0-9a-fA-F]{2}){11,})\Z")
_PARTS = re.compile(r"[^/_-]{15,}")
_MAY_SPELL = re.compile(r"[B-DI-Za-fw-z0-9]")
"""What a run begins with that spells text: six bits of a character of ASCII or of UTF-8."""
_STANDARD = str.maketrans("-_", "+/", "\r\n\t ")


def decoded(view: View) -> Iterator[View]:
    """A view of each encoded run in `view` that spells text."""
    octets = view.written.encode("latin-1", "replace")
    plain = octets.translate(_IS_BASE64)
    # A search for a fixed string skips words, which a pattern would look at one by one.
    start = plain.find(_LONG)
    while start >= 0:
        run = _RUN.match(plain, start)
        assert run is not None
        end = _end_of_run(octets, plain, run.end(), len(run[0]))
        yield from _read(view, start, end)
        start = plain.find(_LONG, end)


def _end_of_run(octets: bytes, plain: bytes, end: int, size: int) -> int:
    """Where a run ends that may be wrapped into lines of equal length."""
    while size >= MIME_LINE and (wrap := _WRAPPED.match(octets, end)):
        match = _RUN.match(plain, wrap.end())
        if match is None or len(match[0]) < 2:
            break
        end, size = match.end(), len(match[0])
    return end


def _read(view: View, start: int, end: int) -> Iterator[View]:
    run = view.written[start:end]
    text = _decode(run)
    if text is not None:
        yield _whole(view, text, start, end)
    elif "/" in run or "_" in run or "-" in run:
        # `/api/YWRhQGV4YW1wbGUub3Jn`: the path before it is written in the same letters.
        for part in _PARTS.finditer(run):
            text = _decode(part[0])
            if text is not None:
                yield _whole(view, text, start + part.start(), start + part.end())


def _whole(view: View, text: str, start: int, end: int) -> View:
    while view.written[end : end + 1] == "=":
        end += 1
    size = len(text)
    return View(text, [view.starts[start]] * size, [view.ends[end - 1]] * size)


def _decode(run: str) -> str | None:
    if hexadecimal := _HEX.match(run):
        digits = hexadecimal[1]
        if _as_text(bytes.fromhex(digits[: 2 * _PROBE])) is not None:
            return _as_text(bytes.fromhex(digits))
    if _MAY_SPELL.match(run) is None:
        return None
    if _as_text(_from_base64(run[: _PROBE + 4].translate(_STANDARD)[:_PROBE])) is None:
        return None
    return _as_text(_from_base64(run.translate(_STANDARD)))


def _from_base64(run: str) -> bytes:
    # Its last bits may be missing where the run is cut or its padding is.
    whole = run if len(run) % 4 != 1 else run[:-1]
    try:
        return b64decode(whole + "=" * (-len(whole) % 4))
    except binascii.Error:
        return b"\xff"


def _as_text(octets: bytes) -> str | None:
    """What `octets` spell; `None`: they are no text."""
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        if error.start < len(octets) - 3 or not error.start:
            return None
        text = octets[: error.start].decode()  # a character cut off at the end
    plain = text.translate(_LAYOUT)
    return text if plain.isprintable() else None


_LAYOUT = str.maketrans("", "", "\t\r\n\u200b\u200c\u200d\u00ad\ufeff")
