"""Cascades, hedges and copies in words."""

from collections.abc import Iterator

from headgate.config.cascade import CascadeSettings
from headgate.config.route import RouteSettings


def care_in_words(route: RouteSettings) -> Iterator[str]:
    """What a route does beyond asking one target at a time."""
    if route.cascade is not None:
        yield _cascade(route.cascade)
    if route.hedge is not None:
        after = "its 95th percentile" if route.hedge.after else f"{route.hedge.after_ms:g} ms"
        yield f"a second target after {after}, for at most {route.hedge.max_share:.0%} of requests"
    for mirror in route.mirror:
        judged = f", compared by `{mirror.judge}`" if mirror.judge else ""
        yield f"copies of {mirror.share:.0%} to `{mirror.target}`{judged}"


def _cascade(cascade: CascadeSettings) -> str:
    names = " and ".join(f"`{name}`" for name in cascade.members)
    times = f" {cascade.samples} times" if cascade.samples else ""
    wanted = []
    if cascade.agree is not None:
        wanted.append(f"{cascade.agree} answers agree")
    if cascade.accept is not None or (cascade.agree is None and cascade.hold == "whole"):
        trust = "high enough" if cascade.accept is None else f"at least {cascade.accept:g}"
        wanted.append(f"trust is {trust}")
    if cascade.hold != "whole":
        wanted = [f"nothing is wrong with the first {cascade.hold} characters"]
    judge = f", or `{cascade.judge.target}` vouches for one" if cascade.judge else ""
    return f"asks {names}{times} first and goes on unless {' and '.join(wanted)}{judge}"
