"""Where each value of the settings comes from."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from headgate.config.load import Loaded
from headgate.config.locate import Loc
from headgate.config.report import dotted, shown


class Origin(NamedTuple):
    """One value and its source: a place in a file, a variable, a flag, or `default`."""

    setting: str
    value: Any
    source: str


def origins(loaded: Loaded) -> list[Origin]:
    """Every value, in the order of the reference."""
    values = loaded.settings.model_dump(mode="json")
    return [Origin(dotted(loc), value, _source(loaded, loc)) for loc, value in _leaves(values, ())]


def _leaves(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _leaves(item, (*loc, name))
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*loc, index))
    else:
        yield loc, value


def _source(loaded: Loaded, loc: Loc) -> str:
    document = loaded.document
    if loc in document.overrides:
        return document.overrides[loc]
    if loaded.path is None:
        return "discovered" if loc[0] in {"targets", "routes"} else "default"
    place = document.values.get(loc)
    return f"{shown(loaded.path)}:{place.line}:{place.column}" if place else "default"
