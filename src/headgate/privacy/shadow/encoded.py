"""Read base64 and hexadecimal that spells text. A finding in it covers the whole run.

Almost every long run of such characters is a name, a path, a hash or an image. The first
bytes tell: those of anything but text have one in them that no text has.
"""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64, unhexlify
from collections.abc import Iterator

from headgate.privacy.shadow.view import View

SHORTEST_BASE64 = 15
"""Of eleven characters, the shortest identifier worth hiding like this."""
MIME_LINE = 60
"""A run this long may go on in the next line."""
_PROBE = 16

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_IS_BASE64 = bytes(ord("x") if code in _BASE64 else ord(" ") for code in range(256))
_IS_PART = bytes(ord(" ") if code in b"/-_" else each for code, each in enumerate(_IS_BASE64))
_LONG = b"x" * SHORTEST_BASE64
_RUN = re.compile(rb"x+")
_WRAPPED = re.compile(rb"\r?\n[ \t]{0,8}(?=[A-Za-z0-9+/])")
_HEX = re.compile(rb"(?:0[xX])?((?:[0-9a-fA-F]{2}){11,})\Z")
_PARTS = re.compile(rb"[^/_-]{15,}")
_MAY_SPELL = frozenset(b"BCDIJKLMNOPQRSTUVWXYZabcdefwxyz0123456789")
"""What a run begins with that spells text: six bits of a character of ASCII or of UTF-8."""
_MAY_BE_TEXT = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3})+.{0,3}\Z",
    re.DOTALL,
)
"""The first bytes of text, the last character of them cut off."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
_WRAPS = b"\r\n\t "
_PADDING = (b"", b"", b"==", b"=")


def decoded(view: View) -> Iterator[View]:
    """A view of each encoded run in `view` that spells text."""
    octets = view.octets
    plain = octets.translate(_IS_BASE64)
    parted = octets.translate(_IS_PART)
    # A search for a fixed string skips words, which a pattern would look at one by one.
    start = plain.find(_LONG)
    while start >= 0:
        end = plain.find(b" ", start)
        end = len(plain) if end < 0 else end
        if end - start >= MIME_LINE:
            end = _end_of_run(octets, plain, end, end - start)
        text = _decode(octets, start, end)
        if text is not None:
            yield _whole(view, text, start, end)
        elif parted.find(b" ", start, end) >= 0 and (
            end - start >= MIME_LINE or parted.find(_LONG, start, end) >= 0
        ):
            yield from _parts(view, octets, start, end)
        start = plain.find(_LONG, end)


def _end_of_run(octets: bytes, plain: bytes, end: int, size: int) -> int:
    """Where a run ends that may be wrapped into lines of equal length."""
    while size >= MIME_LINE and (wrap := _WRAPPED.match(octets, end)):
        match = _RUN.match(plain, wrap.end())
        if match is None or len(match[0]) < 2:
            break
        end, size = match.end(), len(match[0])
    return end


def _parts(view: View, octets: bytes, start: int, end: int) -> Iterator[View]:
    """`/api/YWRhQGV4YW1wbGUub3Jn`: the path before it is written in the same letters."""
    for part in _PARTS.finditer(octets, start, end):
        text = None if part.span() == (start, end) else _decode(octets, *part.span())
        if text is not None:
            yield _whole(view, text, *part.span())


def _whole(view: View, text: str, start: int, end: int) -> View:
    while view.written[end : end + 1] == "=":
        end += 1
    size = len(text)
    return View(text, [view.starts[start]] * size, [view.ends[end - 1]] * size)


def _decode(octets: bytes, start: int, end: int) -> str | None:
    """What a run spells; `None`: no text."""
    hexadecimal = _HEX.match(octets, start, end)
    if hexadecimal:
        digits = hexadecimal[1]
        if _MAY_BE_TEXT.match(unhexlify(digits[: 2 * _PROBE])):
            text = _as_text(unhexlify(digits))
            if text is not None:
                return text
    if octets[start] not in _MAY_SPELL:
        return None
    # Lines are longer than what is tried first, so that it has no line break in it.
    probe = octets[start : min(end, start + _PROBE)]
    if _MAY_BE_TEXT.match(_from_base64(probe.translate(_STANDARD))) is None:
        return None
    return _as_text(_from_base64(octets[start:end].translate(_STANDARD, _WRAPS)))


def _from_base64(run: bytes) -> bytes:
    # Its last bits may be missing where the run is cut or its padding is.
    beyond = len(run) % 4
    whole = run[:-1] if beyond == 1 else run
    try:
        return a2b_base64(whole + _PADDING[beyond])
    except NotBase64:
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
