"""Which call a tool's result answers: clients of this API name the tool, and not always that."""

from collections.abc import Iterable

from headgate.core.chat import ToolCall


class Answered:
    """The calls of one conversation, as it goes on."""

    __slots__ = ("_open", "_unknown")

    def __init__(self) -> None:
        self._open: list[ToolCall] = []
        self._unknown = 0

    def note(self, calls: Iterable[ToolCall]) -> None:
        """The model made these."""
        self._open.extend(calls)

    def of(self, identity: str | None, name: str | None) -> tuple[str, str | None]:
        """Id and name of the call that a result answers: the first left open that fits."""
        call = next(
            (
                each
                for each in self._open
                if (each.id == identity if identity else not name or each.name == name)
            ),
            None,
        )
        if call is not None:
            self._open.remove(call)
            return call.id, name or call.name
        self._unknown += 1
        return identity or f"call_unknown_{self._unknown}", name or None
