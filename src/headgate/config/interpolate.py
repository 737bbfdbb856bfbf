"""`${NAME}` and `${NAME:-default}` in the strings of a configuration."""

import re
from collections.abc import Mapping
from typing import Any

from headgate.config.locate import Loc, Problem

KEPT_AS_WRITTEN = frozenset({"api_key"})
"""References to secrets: resolved when they are used, so that no settings ever hold one."""
_VARIABLE = re.compile(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def interpolate(
    value: Any, environ: Mapping[str, str], problems: list[Problem], loc: Loc = ()
) -> Any:
    """`value` with every variable filled in; `$$` stands for `$`.

    A variable that is not set and has no default is added to `problems`.
    """
    if isinstance(value, Mapping):
        return {
            str(name): interpolate(item, environ, problems, (*loc, str(name)))
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [
            interpolate(item, environ, problems, (*loc, index)) for index, item in enumerate(value)
        ]
    if not isinstance(value, str) or (loc and loc[-1] in KEPT_AS_WRITTEN):
        return value

    def fill_in(found: re.Match[str]) -> str:
        name, default = found.groups()
        if name is None:
            return "$"
        if not (filled := environ.get(name) or default or "") and default is None:
            problems.append(
                Problem(
                    loc,
                    f"the environment variable `{name}` is not set",
                    f"set it, or write what to take instead: `${{{name}:-…}}`",
                )
            )
        return filled

    return _VARIABLE.sub(fill_in, value)
