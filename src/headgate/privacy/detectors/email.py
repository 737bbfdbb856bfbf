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
_COMMON = (
    "com org net edu gov mil int info biz name pro io ai app dev cloud online site store tech"
    " shop xyz club agency email company solutions services group global world health law bank"
    " example test invalid ac ad ae af ag al am ao ar at au aw az ba bb bd be bf bg bh bi bj bm"
    " bn bo br bs bt bw by bz ca cd cf cg ch ci cl cm cn co cr cu cv cw cy cz de dj dk dm do dz"
    " ec ee eg er es et eu fi fj fm fo fr ga ge gg gh gi gl gm gn gq gr gt gu gy hk hn hr ht hu"
    " id ie il im in iq ir is it je jm jo jp ke kg kh km kn kr kw ky kz la lb lc li lk lr ls lt"
    " lu lv ly ma mc md me mg mk ml mm mn mo mq mr mt mu mv mw mx my mz na nc ne nf ng ni nl no"
    " np nr nu nz om pa pe pf pg ph pk pl pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg si"
    " sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua"
    " ug uk us uy uz va vc ve vg vi vn vu ws ye za zm zw"
)
_COMMON_TOP_LEVEL = frozenset(_COMMON.split())
RARE_TOP_LEVEL_SCORE = 0.8


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
            is_common = match[2].lower() in _COMMON_TOP_LEVEL
            yield Hit(start, match.end(), score=1.0 if is_common else RARE_TOP_LEVEL_SCORE)


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
