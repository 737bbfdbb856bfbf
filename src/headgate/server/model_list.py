"""The list of models as Anthropic's API has it; its SDKs are known by a header of theirs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from headgate.core.errors import InvalidRequest

USUAL_LIMIT = 20
MOST = 1000


def is_anthropic(headers: Mapping[str, str]) -> bool:
    """Whether the client speaks Anthropic's API: every request of it names a version."""
    return "anthropic-version" in headers


def anthropic_card(name: str, started_at: float) -> Mapping[str, Any]:
    """One model; `started_at` in Unix seconds stands for its release."""
    created = datetime.fromtimestamp(int(started_at), UTC)
    return {
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": created.isoformat().replace("+00:00", "Z"),
        "lifecycle": "active",
    }


def anthropic_page(
    names: Sequence[str], started_at: float, query: Mapping[str, str]
) -> Mapping[str, Any]:
    """A page of models: `limit` of them `after_id` or `before_id`.

    Raises:
        InvalidRequest: One of these cannot be used.
    """
    limit = _limit(query.get("limit"))
    if (before := query.get("before_id")) is not None:
        earlier = names[: _place(names, before, "before_id")]
        shown, has_more = earlier[-limit:], len(earlier) > limit
    else:
        after = query.get("after_id")
        later = names if after is None else names[_place(names, after, "after_id") + 1 :]
        shown, has_more = later[:limit], len(later) > limit
    return {
        "data": [anthropic_card(name, started_at) for name in shown],
        "has_more": has_more,
        "first_id": shown[0] if shown else None,
        "last_id": shown[-1] if shown else None,
    }


def _limit(given: str | None) -> int:
    if given is None:
        return USUAL_LIMIT
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= MOST:
        raise InvalidRequest(f"limit: expected 1 to {MOST}, got `{given}`", param="limit")
    return int(given)


def _place(names: Sequence[str], name: str, param: str) -> int:
    if name not in names:
        raise InvalidRequest(f"{param}: there is no model `{name}`", param=param)
    return names.index(name)
