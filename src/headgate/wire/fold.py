"""A stream folded up into the whole it adds up to."""

from headgate.core.stream import (
    Answer,
    Choice,
    Finished,
    FinishReason,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallMade,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage


class _OpenCall:
    """A tool call whose arguments are still coming."""

    __slots__ = ("arguments", "id", "name")

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []


class _OpenChoice:
    """A choice whose pieces are still coming."""

    __slots__ = ("calls", "finish_reason", "reasoning", "refusal", "text")

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.refusal: list[str] = []
        self.calls: dict[int, _OpenCall] = {}
        self.finish_reason: FinishReason | None = None

    def add_call(self, delta: ToolDelta) -> None:
        """Add a piece to the call at its position."""
        call = self.calls.get(delta.position)
        if call is None:
            call = self.calls[delta.position] = _OpenCall()
        # Some servers repeat id and name on every piece: the first ones count.
        call.id = call.id or delta.id or ""
        call.name = call.name or delta.name or ""
        call.arguments.append(delta.arguments)

    def closed(self) -> Choice:
        """What has come so far."""
        return Choice(
            text="".join(self.text),
            reasoning="".join(self.reasoning),
            refusal="".join(self.refusal),
            tool_calls=tuple(
                ToolCallMade(call.id, call.name, "".join(call.arguments))
                for _, call in sorted(self.calls.items())
            ),
            finish_reason=self.finish_reason,
        )


class Folder:
    """Adds events up; `answer()` may be asked at any time."""

    __slots__ = ("_choices", "_started", "_usage")

    def __init__(self) -> None:
        # A stream without any content is an empty answer, not the absence of one.
        self._choices = {0: _OpenChoice()}
        self._started = Started()
        self._usage: Usage | None = None

    def add(self, event: StreamEvent) -> None:
        """Take the next event."""
        match event:
            case TextDelta():
                self._choice(event.choice).text.append(event.text)
            case ToolDelta():
                self._choice(event.choice).add_call(event)
            case ReasoningDelta():
                self._choice(event.choice).reasoning.append(event.text)
            case RefusalDelta():
                self._choice(event.choice).refusal.append(event.text)
            case Finished():
                self._choice(event.choice).finish_reason = event.reason
            case Used():
                self._usage = event.usage
            case Started():
                self._started = event
            case _:
                # `Failed` is no part of an answer; whoever reads the stream acts on it.
                pass

    def answer(self) -> Answer:
        """What the events so far add up to."""
        started = self._started
        return Answer(
            id=started.id,
            model=started.model,
            created=started.created,
            choices=tuple(choice.closed() for _, choice in sorted(self._choices.items())),
            usage=self._usage,
        )

    def _choice(self, index: int) -> _OpenChoice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _OpenChoice()
        return choice
