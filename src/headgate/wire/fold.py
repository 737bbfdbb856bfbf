"""A stream folded up into the whole it adds up to."""

from headgate.core.chat import Thought
from headgate.core.stream import (
    Answer,
    Choice,
    Citation,
    Cited,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
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

    __slots__ = ("arguments", "id", "name", "signature")

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []
        self.signature: str | None = None


class _OpenChoice:
    """A choice whose pieces are still coming."""

    __slots__ = ("calls", "citations", "finished", "refusal", "text", "thinking", "thoughts")

    def __init__(self) -> None:
        self.text: list[str] = []
        self.thoughts: list[Thought] = []
        self.thinking: list[str] = []
        self.refusal: list[str] = []
        self.calls: dict[int, _OpenCall] = {}
        self.citations: list[Citation] = []
        self.finished: Finished | None = None

    def add_call(self, delta: ToolDelta) -> None:
        """Add a piece to the call at its position."""
        call = self.calls.get(delta.position)
        if call is None:
            call = self.calls[delta.position] = _OpenCall()
        # Some servers repeat id and name on every piece: the first ones count.
        call.id = call.id or delta.id or ""
        call.name = call.name or delta.name or ""
        call.signature = call.signature or delta.signature
        call.arguments.append(delta.arguments)

    def end_thought(self, signature: str | None = None) -> None:
        """What was thought since the last one is a thought."""
        if self.thinking or signature is not None:
            self.thoughts.append(Thought("".join(self.thinking), signature))
            self.thinking = []

    def seal_thought(self, data: str) -> None:
        """A thought nobody here can read."""
        self.end_thought()
        self.thoughts.append(Thought(sealed=data))

    def closed(self) -> Choice:
        """What has come so far."""
        unfinished = (Thought("".join(self.thinking)),) if self.thinking else ()
        return Choice(
            text="".join(self.text),
            thoughts=(*self.thoughts, *unfinished),
            refusal="".join(self.refusal),
            tool_calls=tuple(
                ToolCallMade(call.id, call.name, "".join(call.arguments), call.signature)
                for _, call in sorted(self.calls.items())
            ),
            citations=tuple(self.citations),
            finish_reason=self.finished.reason if self.finished else None,
            stop_sequence=self.finished.stop_sequence if self.finished else None,
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
                self._choice(event.choice).thinking.append(event.text)
            case ReasoningSignature():
                self._choice(event.choice).end_thought(event.signature)
            case SealedReasoning():
                self._choice(event.choice).seal_thought(event.data)
            case Cited():
                self._choice(event.choice).citations.append(event.citation)
            case RefusalDelta():
                self._choice(event.choice).refusal.append(event.text)
            case Finished():
                self._choice(event.choice).finished = event
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
