"""Texts to scan, each about as long as asked: prose, code, logs, and nothing but personal data."""

import random
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
LIBRARY = Path(sysconfig.get_paths()["stdlib"])
SEED = 20261128


def _files(files: list[Path]) -> str:
    return "\n".join(path.read_text("utf-8", errors="replace") for path in files)


def prose() -> str:
    """This project's own pages."""
    return _files(sorted(DOCS.rglob("*.md")))


def code() -> str:
    """Python's standard library."""
    return _files(sorted(LIBRARY.glob("*.py")))


def logs() -> str:
    """Lines of a web server: addresses, times, paths, ids."""
    draw = random.Random(SEED)
    return "\n".join(_log_lines(draw, 12_000))


def _log_lines(draw: random.Random, count: int) -> Iterator[str]:
    for number in range(count):
        address = ".".join(str(draw.randrange(1, 255)) for _ in range(4))
        yield (
            f"2026-11-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}:07.104Z {address}"
            f" GET /v1/items/{draw.getrandbits(40):x}?page={draw.randrange(90)} 200"
            f" {draw.randrange(90_000)} request={draw.getrandbits(128):032x}"
            f" ms={draw.random() * 90:.3f}"
        )


def personal() -> str:
    """A customer on every line: more personal data than any real text has."""
    draw = random.Random(SEED)
    return "\n".join(_customer(draw) for _ in range(8_000))


def _customer(draw: random.Random) -> str:
    def digits(count: int) -> str:
        return "".join(draw.choices("0123456789", k=count))

    return (
        f"Customer {draw.choice(['Ada', 'Bob', 'Cleo'])}, card 4{digits(3)} {digits(4)} {digits(4)}"
        f" {digits(4)}, phone +1 415-555-{digits(4)}, mail user{digits(4)}@example.com,"
        f" SSN 536-9{digits(1)}-{draw.randrange(1, 9999):04}, IBAN DE89 3704 0044 0532 0130 00,"
        f" from 86.121.97.{draw.randrange(1, 255)}, MRN: {digits(7)}"
    )


KINDS: dict[str, Callable[[], str]] = {
    "prose": prose,
    "code": code,
    "logs": logs,
    "personal data": personal,
}


def pieces(text: str, size: int, most: int) -> list[str]:
    """`text` in pieces of `size` characters, at most so many."""
    whole = text * (size // max(len(text), 1) + 1) if len(text) < size else text
    return [whole[start : start + size] for start in range(0, len(whole) - size + 1, size)][:most]
