"""The matrix set up: one real gateway, its backends, and an SDK for a cell."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from typing_extensions import override

from headgate.engine.demo_model import ensure_demo_model
from support import llama_server
from support.behaviours import Behaviour
from support.headgate_server import HeadgateServer
from support.heard.read import heard
from support.heard.values import Heard
from support.llama_server import LlamaServer
from support.matrix.asking import Asking
from support.matrix.backends import BACKENDS, ENVIRONMENT, Backend
from support.matrix.question import Question, Sdk
from support.matrix.sdks.found import SDKS
from support.reply import Reply
from support.truthful import TRUTHFUL, truth
from support.upstream import Upstream

SPARES = 2 * len(SDKS)
"""Targets of a backend that asks to be left alone: one for each question it refuses so."""
OURS = "a-key-of-ours"
ENDLESS_SUFFIX = "-endless"


async def _stop_talking(reply: Reply) -> None:
    """Say the first of an answer, then nothing, and never end."""
    reply.start()
    left = 2
    for frame in reply.frames(truth(heard(reply.exchange.path, reply.exchange.json))):
        if frame.kind == "content":
            left -= 1
        if left < 0 or frame.kind not in {"start", "content"}:
            break
        await reply.piece(frame.data)
    await reply.hang()


_STOPS_TALKING = Behaviour("stops talking", _stop_talking)


class Bench:
    """All of it; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._sdks: dict[tuple[str, str], Sdk] = {}
        self._spares = {backend.name: iter(range(SPARES)) for backend in BACKENDS}
        self.upstreams: dict[str, Upstream] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.llama = self._llama(stack)
            for backend in BACKENDS:
                if not backend.is_real:
                    self.upstreams[backend.name] = stack.enter_context(Upstream(TRUTHFUL))
            self.headgate = stack.enter_context(
                HeadgateServer(self._folder / "gate", self._config(), env=ENVIRONMENT)
            )
            stack.callback(lambda: [sdk.close() for sdk in self._sdks.values()])
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def sdk(self, name: str, key: str = OURS) -> Sdk:
        """A client of this SDK for our gateway."""
        made = self._sdks.get((name, key))
        if made is None:
            made = self._sdks[name, key] = SDKS[name](self.headgate.root_url, key)
        return made

    def cell(self, sdk: str, backend: Backend) -> "Cell":
        """One of the matrix."""
        stand_in = self.upstreams.get(backend.name)
        return Cell(self.sdk(sdk), backend, f"to-{backend.name}", stand_in, self)

    def spare(self, backend: Backend) -> str:
        """A target that will not be asked again."""
        if not backend.says_when:
            return backend.name
        return f"{backend.name}-{next(self._spares[backend.name])}"

    def _llama(self, stack: ExitStack) -> LlamaServer:
        server = llama_server.start(ensure_demo_model(self._folder / "model"))
        stack.enter_context(server.process)
        return server

    def _config(self) -> dict[str, object]:
        targets: dict[str, object] = {}
        for backend in BACKENDS:
            upstream = self.upstreams.get(backend.name)
            root = upstream.root_url if upstream else self.llama.process.root_url
            targets[backend.name] = backend.target_at(root)
            if backend.says_when:
                for number in range(SPARES):
                    targets[f"{backend.name}-{number}"] = backend.target_at(root)
            if backend.endless:
                endless = {**backend.target_at(root), "options": dict(backend.endless)}
                targets[backend.name + ENDLESS_SUFFIX] = endless
        digest = hashlib.sha256(OURS.encode()).hexdigest()
        return {
            "server": {"keys": [{"name": "tests", "hash": f"sha256:{digest}"}]},
            # Two would wait for each other wherever a core is busy with something else.
            "engine": {"threads": 1},
            "targets": targets,
            "routes": {f"to-{name}": {"targets": [name]} for name in targets},
        }


@dataclass(frozen=True, slots=True)
class Cell(Asking):
    """One SDK and one backend, and the gateway between them."""

    bench: Bench

    @override
    def heard(self) -> Heard:
        """It came with the right key, too."""
        assert self.backend.knows(self.upstream.requests[-1].headers)
        return Asking.heard(self)

    @contextmanager
    def never_ending(self) -> Iterator[tuple[str, Question]]:
        """A target, and what to ask of it so that a stream begins and does not end."""
        question = Question(text="Say: one two three four", most_tokens=50_000, greedy=False)
        if not self.backend.is_real:
            with self.behaving(_STOPS_TALKING):
                yield self.backend.name, question
        else:
            yield self.backend.name + ENDLESS_SUFFIX, question

    @contextmanager
    def noticing(self, target: str) -> Iterator[None]:
        """What happens inside makes the backend stop, and the ledger says `cancelled`."""
        where = {"target": target, "outcome": "cancelled"}
        ledger = self.bench.headgate
        before = len(ledger.ledger_rows(where=where, at_least=0))
        start = self.bench.llama.process.mark()
        yield
        if not self.backend.is_real:
            last = self.upstream.requests[-1]
            self.upstream.wait_for(lambda: last.aborted_at is not None, "abort")
        elif self.backend.name == "llama_cpp":
            self.bench.llama.process.wait_for_line("cancel task", after=start)
        ledger.ledger_rows(where=where, at_least=before + 1)
