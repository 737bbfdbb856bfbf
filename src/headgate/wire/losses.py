"""What is lost when a request is put into words that have no place for it.

Nothing is lost silently. By default the request is refused, naming the field; where the
route says so it is dropped or clamped instead, and a header of the answer says what.
"""

from collections.abc import Mapping
from typing import Any

from headgate.core.errors import InvalidRequest

WITHOUT_EFFECT = frozenset(
    {
        *("user", "metadata", "store", "service_tier", "safety_identifier", "prediction"),
        *("prompt_cache_key", "prompt_cache_retention", "prompt_cache_options"),
        *("context_management", "diagnostics", "speed", "user_profile_id"),
        *("priority", "stream_options"),
        # How an engine of one's own runs a model (Ollama's `options` and `keep_alive`).
        *("keep_alive", "num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "num_keep"),
        *("numa", "low_vram", "use_mmap", "use_mlock", "f16_kv", "vocab_only", "embedding_only"),
    }
)
"""Fields that change who is billed, what is kept or how fast it goes, never the answer."""


class Losses:
    """Collects what one translation loses. One for each attempt."""

    __slots__ = ("_may_clamp", "_may_drop", "_names")

    def __init__(self, *, may_drop: bool = False, may_clamp: bool = False) -> None:
        """`may_drop` and `may_clamp` are what the route allows."""
        self._may_drop = may_drop
        self._may_clamp = may_clamp
        self._names: dict[str, None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Fields dropped or changed so far, in order; `temperature=1` for a clamped one."""
        return tuple(self._names)

    def drop(self, param: str) -> None:
        """Leave out a field that does not change the answer; the header says so."""
        self._names[param] = None

    def unsayable(self, param: str, why: str, *, hint: str | None = None) -> None:
        """A field that changes the answer has no word here: refuse, or drop where allowed.

        Raises:
            InvalidRequest: The route does not allow to drop it.
        """
        if not self._may_drop:
            way_out = "leave it out, or set `drop_unsupported: true` on the route"
            raise InvalidRequest(f"{param}: {why}", param=param, hint=hint or way_out)
        self._names[param] = None

    def clamp(self, param: str, value: float, *, low: float, high: float) -> float:
        """`value` within the range a backend takes.

        Raises:
            InvalidRequest: It lies outside, and the route does not allow to change it.
        """
        if low <= value <= high:
            return value
        if not self._may_clamp:
            raise InvalidRequest(
                f"{param}: {value:g} is outside the {low:g} to {high:g} this backend takes",
                param=param,
                hint="change it, or set `clamp_ranges: true` on the route",
            )
        clamped = min(max(value, low), high)
        self._names[f"{param}={clamped:g}"] = None
        return clamped

    def leave(self, extra: Mapping[str, Any], known: frozenset[str] = frozenset()) -> None:
        """Account for top-level fields that no encoder has a place for, `known` ones apart.

        A field that is empty asks for nothing; one without effect on the answer is dropped.

        Raises:
            InvalidRequest: One of them changes the answer.
        """
        for name, value in extra.items():
            # 0 equals False, and may well mean something.
            if name in known or value is None or value is False or value in ({}, []):
                continue
            if name in WITHOUT_EFFECT:
                self.drop(name)
            else:
                self.unsayable(name, "the backend's API has no such field")
