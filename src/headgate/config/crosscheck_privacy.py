"""What only shows when a route's `privacy` is seen as a whole."""

from collections.abc import Iterator, Mapping

from headgate.config.complaints import did_you_mean
from headgate.config.locate import Loc, Problem
from headgate.config.schema import RouteSettings, Settings
from headgate.policy.decision import Action
from headgate.policy.treatment import ATTACHMENT, CHANGES, UNSCANNED
from headgate.privacy.scan import known_labels


def privacy_problems(settings: Settings) -> Iterator[Problem]:
    """Labels nobody looks for, and actions that cannot be done."""
    for name, route in settings.routes.items():
        if route.privacy is not None:
            yield from _of_route(("routes", name, "privacy"), route)


def _of_route(loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    assert route.privacy is not None, "only such routes are looked at"
    known = known_labels()
    for index, detector in enumerate(route.privacy.detect):
        if detector not in known:
            here = (*loc, "detect", index)
            hint = did_you_mean(detector, known)
            yield Problem(here, f"there is no detector `{detector}`", hint)
    yield from _actions((*loc, "actions"), route.privacy.actions, route.privacy.detect)
    for name, actions in route.privacy.targets.items():
        here = (*loc, "targets", name)
        if name not in route.target_names:
            hint = did_you_mean(name, route.target_names)
            yield Problem(here, f"the route has no target `{name}`", hint)
        yield from _actions(here, actions, route.privacy.detect)


def _actions(loc: Loc, actions: Mapping[str, Action], detect: tuple[str, ...]) -> Iterator[Problem]:
    for label, action in actions.items():
        here = (*loc, label)
        if label == UNSCANNED and action not in {"local", "deny"}:
            message = f"what could not be scanned cannot be sent out: `{action}` is not possible"
            yield Problem(here, message, "`local` or `deny`")
        elif label == ATTACHMENT and action in CHANGES:
            message = f"nobody here reads pictures, sound and files, so nobody can {action} them"
            yield Problem(here, message, "`local`, `deny` or `allow`")
        elif label not in {UNSCANNED, ATTACHMENT} and action in CHANGES and label not in detect:
            message = f"`{label}` is not looked for, so nobody knows what to {action}"
            yield Problem(here, message, "add it to `detect`, if there is a detector for it")
