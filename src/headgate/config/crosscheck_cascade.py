"""Cascades, hedges and copies, once a route and its targets are seen together."""

from collections.abc import Iterator

from headgate.config.complaints import did_you_mean
from headgate.config.locate import Loc, Problem
from headgate.config.route import RouteSettings
from headgate.config.schema import Settings


def cascade_problems(settings: Settings) -> Iterator[Problem]:
    """Of every route."""
    for name, route in settings.routes.items():
        loc = ("routes", name)
        yield from _cascade(settings, loc, route)
        yield from _hedge(loc, route)
        for index, mirror in enumerate(route.mirror):
            here = (*loc, "mirror", index)
            if mirror.target not in settings.targets:
                yield _unknown(settings, (*here, "target"), mirror.target)
            if mirror.judge is not None:
                yield from _judge(settings, (*here, "judge"), mirror.judge)


def _cascade(settings: Settings, loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    cascade = route.cascade
    if cascade is None:
        return
    here = (*loc, "cascade")
    for index, member in enumerate(cascade.members):
        at = (*here, "members", index)
        if member not in route.target_names:
            near = did_you_mean(member, route.target_names)
            yield Problem(at, f"`{member}` is no target of the route", near)
        if member in cascade.members[:index]:
            yield Problem(at, "stands here twice", "`samples` asks one member several times")
    if cascade.samples is not None and len(cascade.members) > 1:
        yield Problem((*here, "samples"), "is for a single member")
    if cascade.agree is not None and cascade.agree > len(cascade.asked):
        message = f"there are only {len(cascade.asked)} answers to compare"
        yield Problem((*here, "agree"), message, "add members, or set `samples`")
    if cascade.hold != "whole":
        yield from _held(here, route)
    elif len(cascade.asked) == 1 and cascade.judge is None and cascade.accept is None:
        yield Problem(
            here,
            "a single answer has nothing to be compared with, and would never be trusted",
            "add a member, `samples` or a `judge`, or set `accept`",
            about_name=True,
        )
    if cascade.judge is not None:
        yield from _judge(settings, (*here, "judge", "target"), cascade.judge.target)


def _held(here: Loc, route: RouteSettings) -> Iterator[Problem]:
    cascade = route.cascade
    assert cascade is not None
    if len(cascade.asked) > 1 or cascade.judge is not None or cascade.accept is not None:
        hint = "write `hold: whole`, or name one member, no `judge` and no `accept`"
        yield Problem((*here, "hold"), "a beginning is all that is checked of one answer", hint)


def _hedge(loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    hedge = route.hedge
    if hedge is None:
        return
    if (hedge.after is None) == (hedge.after_ms is None):
        yield Problem((*loc, "hedge"), "needs either `after: p95` or `after_ms`", about_name=True)
    if len(route.target_names) == 1:
        yield Problem((*loc, "hedge"), "means nothing with a single target", about_name=True)


def _judge(settings: Settings, loc: Loc, name: str) -> Iterator[Problem]:
    if name not in settings.targets:
        yield _unknown(settings, loc, name)
    elif settings.targets[name].model is None:
        message = f"`{name}` has no `model` of its own to judge with"
        yield Problem(loc, message, "set `model` on it, or name another target")


def _unknown(settings: Settings, loc: Loc, name: str) -> Problem:
    return Problem(loc, f"there is no target `{name}`", did_you_mean(name, settings.targets))
