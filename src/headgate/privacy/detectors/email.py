"""E-mail addresses."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text

# Begins with `@`, so that the search skips everything else at memory speed. Labels may be in
# any script; the last one is ASCII letters or an encoded international name.
_DOMAIN = re.compile(
    r"@((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8})(xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24})(?![A-Za-z0-9_])"
)
_ASCII_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+\Z")
_ANY_LOCAL = re.compile(r"[\w.+-]+\Z")
LONGEST_LOCAL = 64
NOT_TOP_LEVEL = frozenset(
    {"bmp", "conf", "css", "csv", "gif", "gz", "htm", "html", "ico", "ini", "jpeg", "jpg", "js"}
    | {"json", "log", "mount", "pdf", "php", "png", "scss", "service", "slice", "socket", "svg"}
    | {"tar", "tgz", "timer", "ts", "txt", "utf", "webp", "xml", "yaml", "yml"}
)
"""Ends of file and unit names (`icon@2x.png`, `getty@tty1.service`); none is a registered domain,
as `md` and `py` are."""


def _find(text: Text) -> Iterator[Hit]:
    value = text.value
    if "@" not in value:
        return
    for match in _DOMAIN.finditer(value):
        at = match.start()
        if match[2].lower() in NOT_TOP_LEVEL:
            continue
        start = _local_start(value, at)
        if start is not None and not _is_repository(value, start, match.end()):
            yield Hit(start, match.end())


def _local_start(value: str, at: int) -> int | None:
    """Where the part before the `@` begins; `None` when there is none."""
    before = value[max(0, at - LONGEST_LOCAL) : at]
    match = _ASCII_LOCAL.search(before) if before[-1:].isascii() else _ANY_LOCAL.search(before)
    if match is None:
        return None
    local = match[0].lstrip(".'`*/=&?|{#!")
    return at - len(local) if local else None


def _is_repository(value: str, start: int, end: int) -> bool:
    """Whether this is a Git remote, `git@host:path`: an account that is nobody's."""
    return value.startswith("git@", start) and value[end : end + 1] in {":", "/"}


DETECTOR = Detector(
    name="email",
    find=_find,
    examples=(
        "write to ada.lovelace@example.com please",
        "Mail: o'brien+news@mail.example.co.uk.",
        "<mailto:first_last@sub-domain.example.org>",
        "邮箱zhang.wei@qq.com谢谢",
        "jürgen@müller.de",
        "user@xn--bcher-kva.example",
        "ion@firma.md",
        "ada＠example．com",
        "ada@exam\u200bple.com",
        '{"to":"x@y.io"}',
    ),
    counter_examples=(
        "meet me @ noon",
        "@app.route('/users')",
        "npm i @types/node lodash@4.17.21",
        "icon@2x.png",
        "git@github.com:owner/repository.git",
        "systemctl status getty@tty1.service",
        "a @b.co mention",
        "root@localhost",
    ),
)
