"""From the backend's stream to the client's, frame by frame.

Nothing reaches the client before the first model output: until then the attempt may
still be given up for another target. From then on the client is committed to this one,
and whatever goes wrong is said inside the stream, which then ends without its clean
terminator. `close()` at any moment drops the backend's connection at once.
"""

from headgate.backends.exchange import Exchange
from headgate.core.errors import (
    HeadgateError,
    QualityError,
    UpstreamCut,
    UpstreamError,
    UpstreamGarbled,
    UpstreamRejected,
)
from headgate.core.stream import (
    Answer,
    ContentDelta,
    Failed,
    Frame,
    SealedReasoning,
    Started,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.estimate.tokens import tokens_of_length
from headgate.gateway.job import Attempt
from headgate.policy.answer_checks import find_problem
from headgate.wire.dialect import StreamDecoder, StreamEncoder, TimedEncoder
from headgate.wire.fold import Folder
from headgate.wire.members import rename_model

MAX_HELD_BYTES = 32 * 1024 * 1024
TAIL_S = 1.0
"""How long after the terminator a backend may take to end its response."""


class Relay:
    """One streamed answer. `next()` until it gives `b""`; always `close()`."""

    def __init__(self, attempt: Attempt, exchange: Exchange, *, serves: bool = True) -> None:
        """Take over an exchange whose headers have arrived with a good status."""
        job = attempt.job
        self.attempt = attempt
        self.error: HeadgateError | None = None
        """What ended the stream early, after the client was committed."""
        self.serves = serves
        """It is the client's answer, whose end is the end of the request."""
        self._job = job
        self._exchange = exchange
        self._decoder: StreamDecoder = attempt.dialect.stream_decoder(job.inbound.operation)
        self._restorer = attempt.restoring()
        self._same = attempt.is_relayed
        self._encoder = None if self._same else _encoder_of(attempt)
        self._held: list[Frame] = []
        self._folder = self._new_folder()
        self._has_content = False
        self._has_ended = False
        self._output_chars = 0
        self._held_bytes = 0

    def _new_folder(self) -> Folder | None:
        job, route = self._job, self._job.route
        is_read = not self.serves or job.readers
        return Folder() if is_read or route.hold_stream or route.checks else None

    async def until_held(self, chars: int | None) -> Answer:
        """Read so many characters of output, or all of it; returns the answer so far.

        Raises:
            UpstreamError: The attempt failed.
        """
        assert self._folder is not None, "a stream that does not serve yet is folded"
        while not self._has_ended and (chars is None or self._output_chars < chars):
            frames = await self._read()
            self._hold(frames)
            if failure := _failure(frames):
                raise failure
        if self._has_ended:
            self.attempt.usage = self.attempt.usage or self._estimate()
            self.attempt.close("answered")
        return self._folder.answer()

    @property
    def has_ended(self) -> bool:
        """All of the answer is here."""
        return self._has_ended

    async def until_committed(self) -> None:
        """Read up to the first model output, or to the end where the route checks whole answers.

        Raises:
            UpstreamError: The attempt failed and the client has seen nothing of it.
        """
        hold = self._job.route.hold_stream
        while not self._has_ended and (hold or not self._has_content):
            frames = await self._read()
            self._hold(frames)
            if failure := _failure(frames):
                raise failure
        if self._has_ended:
            self._check()
        elif not self._job.readers:
            self._folder = None

    def _hold(self, frames: list[Frame]) -> None:
        """Keep frames that the client must not see yet, up to a limit."""
        self._held.extend(frames)
        self._held_bytes += sum(len(frame.raw) for frame in frames)
        if self._held_bytes > MAX_HELD_BYTES:
            raise UpstreamGarbled(
                f"`{self.attempt.target.name}` streams more than can be held back to be checked"
            )

    async def next(self) -> bytes:
        """The next bytes for the client; `b""` when there are no more. Raises nothing of ours."""
        data = b""
        while not data and self.error is None:
            if self._held:
                frames, self._held = self._held, []
                data = self._encode(frames)
            elif self._has_ended:
                await self._drain()
                break
            else:
                data = await self._read_on()
        return data

    def close(self) -> None:
        """The client has gone, or all is done: drop what is still open, settle the entries."""
        self._exchange.close()
        if self.attempt.is_open:
            self.attempt.usage = self.attempt.usage or self._estimate()
            self.attempt.close("cancelled")
        if self.serves:
            self._job.finish("cancelled", 499, self.attempt.target.name)

    async def _read_on(self) -> bytes:
        """Bytes for the client from the backend's next; those that say so if it broke off."""
        try:
            frames = await self._read()
        except UpstreamError as error:
            # A placeholder that was cut is given out as it is.
            held = self._restorer.end() if self._restorer is not None else []
            return self._encode(held) + self._break(error, is_said=False)
        data = self._encode(frames)
        if failure := _failure(frames):
            data += self._break(failure, is_said=self._same)
        return data

    async def _read(self) -> list[Frame]:
        chunk = await self._exchange.chunk()
        if not chunk:
            raise UpstreamCut(f"`{self.attempt.target.name}` ended its stream without finishing it")
        frames = self._decoder.feed(chunk)
        if self._restorer is not None:
            frames = self._restorer.frames(frames)
        for frame in frames:
            if frame.events:
                self._note(frame)
            if frame.is_last:
                self._has_ended = True
        if self._has_content and not self._has_ended and any(frame.events for frame in frames):
            self._exchange.expect("stall", self.attempt.target.timeouts.stall_s)
        return frames

    def _note(self, frame: Frame) -> None:
        """Keep what the ledger and the checks need from a frame."""
        for event in frame.events:
            if isinstance(event, ContentDelta):
                if not self._has_content:
                    self._has_content = True
                    self.attempt.saw_first_token()
                self._output_chars += _length(event)
            elif isinstance(event, Used):
                self.attempt.usage = event.usage
            elif isinstance(event, Started) and event.model:
                self.attempt.response_model = event.model
            if self._folder is not None:
                self._folder.add(event)

    def _check(self) -> None:
        """Checks on an answer that is here whole before any of it was passed on."""
        route = self._job.route
        if self._folder is None or not route.checks:
            return
        problem = check_answer(self.attempt, self._folder.answer())
        if problem is not None:
            self._exchange.close()
            raise problem

    def _encode(self, frames: list[Frame]) -> bytes:
        job = self._job
        if self._encoder is not None:
            parts = [self._encoder.encode(event) for frame in frames for event in frame.events]
            if any(frame.is_last for frame in frames):
                if isinstance(self._encoder, TimedEncoder):
                    self._encoder.took(self.attempt.timing())
                parts.append(self._encoder.end())
        else:
            parts = [f.raw for f in frames if job.inbound.wants_usage or not f.usage_only]
            if job.answer_with_asked_model:
                parts = [rename_model(part, job.inbound.model) for part in parts]
        data = b"".join(parts)
        if any(frame.is_last for frame in frames):
            self._complete()
        return data

    def _complete(self) -> None:
        self.attempt.usage = self.attempt.usage or self._estimate()
        self.attempt.close("answered")
        self._job.served(self.attempt)
        if self._job.readers and self._folder is not None:
            self._job.answered_by(self.attempt, self._folder.answer())

    def _break(self, error: HeadgateError, *, is_said: bool) -> bytes:
        """End a committed stream with an error; `is_said`: the backend's own words went out."""
        self.error = error
        self._exchange.close()
        self.attempt.usage = self.attempt.usage or self._estimate()
        self.attempt.fail(error)
        self._job.finish("truncated", 200, self.attempt.target.name)
        return b"" if is_said else self._job.dialect.encode_stream_error(error)

    def _estimate(self) -> Usage:
        return Usage(
            input_tokens=self._job.facts.input_tokens,
            output_tokens=tokens_of_length(self._output_chars),
            is_estimated=True,
        )

    async def _drain(self) -> None:
        """Read past the terminator, so that the connection can serve another request."""
        self._exchange.expect("stall", TAIL_S)
        try:
            while await self._exchange.chunk():
                pass
        except UpstreamError:
            # The answer was complete; only the connection is lost.
            self._exchange.close()


def _encoder_of(attempt: Attempt) -> StreamEncoder:
    """What puts a stream of another dialect into the client's."""
    job = attempt.job
    model = job.inbound.model if job.answer_with_asked_model else attempt.model
    started = Started(id=job.id, model=model, created=int(job.started_at))
    return job.dialect.stream_encoder(started, job.inbound)


def _length(event: ContentDelta) -> int:
    """Characters of output."""
    match event:
        case ToolDelta():
            return len(event.arguments)
        case SealedReasoning():
            return 0
        case _:
            return len(event.text)


def check_answer(attempt: Attempt, answer: Answer) -> QualityError | None:
    """The route's checks on a whole answer."""
    inbound = attempt.job.inbound
    problem = find_problem(
        answer,
        inbound.output_format,
        inbound.tool_schemas,
        attempt.job.route.checks,
        question=inbound.turn_text,
    )
    if problem is not None:
        problem.target = attempt.target.name
    return problem


def _failure(frames: list[Frame]) -> UpstreamRejected | None:
    for frame in frames:
        for event in frame.events:
            if isinstance(event, Failed):
                return UpstreamRejected(event.message, status=event.status, headers={}, body=b"")
    return None
