"""Names that a question may use: looked up, or refused with the one that was meant."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from headgate.core.errors import InvalidRequest

T = TypeVar("T")


def known(name: str, catalogue: Mapping[str, T], *, what: str, param: str, hint: str) -> T:
    """The entry of that name.

    Raises:
        InvalidRequest: There is none; hints at one that is written almost alike, else at `hint`.
    """
    if name in catalogue:
        return catalogue[name]
    close = get_close_matches(name, catalogue, n=1)
    raise InvalidRequest(
        f"there is no {what} `{name}`",
        param=param,
        hint=f"did you mean `{close[0]}`?" if close else hint,
    )
