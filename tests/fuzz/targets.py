"""Every place where bytes from outside are read, as one function that must never surprise.

`try_everything` takes any bytes. What they may raise is only what says whose fault it is;
anything else is a defect.
"""

import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import yaml

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.plugins import load_all
from headgate.wire.fold import Folder
from headgate.wire.losses import Losses
from support.event_stream import from_lines, message

TESTS = Path(__file__).parents[1]
CORPUS = Path(__file__).with_name("corpus")
"""Inputs that once raised what they must not."""
KEPT = Path(__file__).with_name("corpus.tar.xz")
"""Inputs that reached something no other did; the first byte chooses the target."""
DIALECTS: dict[str, Any] = load_all("headgate.wire.dialects", "DIALECT")
BACKENDS = {name: each for name, each in DIALECTS.items() if hasattr(each, "encode")}


def try_request(name: str, body: bytes) -> None:
    """A client's request: read, then put into every backend's words."""
    dialect = DIALECTS[name]
    for operation in dict.fromkeys(dialect.endpoints.values()):
        with suppress(InvalidRequest):
            inbound = dialect.decode(operation, body)
            if operation == "chat":
                _translate(dialect.canonical(inbound))
            elif operation in dialect.surfaces:
                dialect.surfaces[operation].canonical(inbound)


def _translate(request: Any) -> None:
    for backend in BACKENDS.values():
        losses = Losses(may_drop=True, may_clamp=True)
        with suppress(InvalidRequest):
            msgspec.json.encode(
                backend.encode(request, model="m", stream=True, options={}, losses=losses)
            )


def try_reply(name: str, body: bytes) -> None:
    """A backend's reply: as a whole answer, and as a stream in two pieces."""
    dialect = DIALECTS[name]
    for operation in {"chat", *getattr(dialect, "endpoints", {}).values()}:
        with suppress(UpstreamGarbled):
            dialect.decode_answer(operation, body)
    for form in dialect.forms.values():
        with suppress(UpstreamGarbled):
            form.decode_answer(body)
    decoder, folder = dialect.stream_decoder("chat"), Folder()
    with suppress(UpstreamGarbled):
        for chunk in (body[: len(body) // 2], body[len(body) // 2 :]):
            for frame in decoder.feed(chunk):
                for event in frame.events:
                    folder.add(event)
    folder.answer()


def try_payload(name: str, body: bytes) -> None:
    """What stands in binary messages, whose checksums no mutation gets past."""
    kinds = ("contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop")
    for kind in (*kinds, "metadata"):
        try_reply(name, message({":message-type": "event", ":event-type": kind}, body))
    try_reply(name, message({":message-type": "exception", ":exception-type": "x"}, body))


def targets() -> dict[str, Callable[[str, bytes], None]]:
    """What is tried, by dialect and direction."""
    found: dict[str, Callable[[str, bytes], None]] = {}
    for name, dialect in DIALECTS.items():
        if hasattr(dialect, "endpoints"):
            found[f"request:{name}"] = try_request
        if hasattr(dialect, "encode"):
            found[f"reply:{name}"] = try_reply
    found["payload:bedrock"] = try_payload
    return found


TARGETS = targets()


def try_everything(body: bytes) -> None:
    """All targets."""
    for target, attempt in TARGETS.items():
        attempt(target.partition(":")[2], body)


def seeds() -> Iterator[bytes]:
    """What the tests know of real traffic: transcripts, and every body of the cassettes."""
    for path in sorted(TESTS.glob("transcripts/*/*.txt")):
        told = path.read_text("utf-8").partition("=== means ===\n")[0]
        yield told.encode()
        if path.parent.name == "bedrock":
            yield from_lines(told)
    for path in sorted(TESTS.glob("cassettes/*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8"))["cases"].values():
            yield msgspec.json.encode(case.get("client"))
            yield msgspec.json.encode(case.get("request", {}).get("body"))
            response = case.get("response", {})
            yield msgspec.json.encode(response.get("body"))
            yield "\n\n".join(map(str, response.get("chunks", ()))).encode()


def kept() -> Iterator[tuple[str, bytes]]:
    """What earlier runs found worth keeping, by name."""
    with tarfile.open(KEPT) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                yield Path(member.name).name, file.read()


def keep(folder: Path) -> None:
    """Keep the inputs of a folder, in place of those kept so far."""
    with tarfile.open(KEPT, "w:xz") as archive:
        for path in sorted(folder.iterdir()):
            member = tarfile.TarInfo(path.name)
            member.size = path.stat().st_size
            with path.open("rb") as file:
                archive.addfile(member, file)
