"""What is wrong with a usage file, in one sentence with a way out."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from shlex import quote

from headgate.core.errors import CallerError

EXPORT_AGAIN = "export a time in which some requests were answered"


class BadUsageFile(CallerError):
    """The file cannot be used; the message says where and why, the hint what to do."""

    code = "bad_usage_file"


def unreadable(file: str, reason: str) -> BadUsageFile:
    """Nothing that can be read is at the path."""
    return BadUsageFile(
        f"`{file}` cannot be read: {reason}", hint="name one file with a log of requests"
    )


def no_rows(file: str) -> BadUsageFile:
    """There is a frame, and no request in it."""
    return BadUsageFile(f"`{file}` has no requests", hint=EXPORT_AGAIN)


def no_such_format(name: str, known: Sequence[str]) -> BadUsageFile:
    """A format was asked for that nobody has written."""
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"there are {listed(known)}"
    return BadUsageFile(f"no usage format is called `{name}`", hint=hint)


def missing_columns(
    file: str, *, format_name: str, wanted: Sequence[str], found: Sequence[str]
) -> BadUsageFile:
    """The file lacks what its format cannot do without."""
    near = [close for name in wanted for close in get_close_matches(name, found, n=1, cutoff=0.4)]
    nearest = f"; nearest is {listed(dict.fromkeys(near))}" if near else ""
    return BadUsageFile(
        f"`{file}`, line 1: no column {listed(wanted)} for the format `{format_name}`{nearest}",
        hint="rename the columns, or name another format; docs/guides/usage-files.md lists them",
    )


def wrong_encoding(file: str, *, line: int, found: str, encoding: str) -> BadUsageFile:
    """The file is not UTF-8."""
    return BadUsageFile(
        f"`{file}`, line {line}: not UTF-8 but probably {encoding} ({found})",
        hint=f"`iconv -f {encoding} -t UTF-8 {quote(file)} > {quote(f'utf8-{file}')}`",
    )


def listed(names: Iterable[str]) -> str:
    """Names in code marks, as a sentence lists them."""
    return ", ".join(f"`{name}`" for name in names)
