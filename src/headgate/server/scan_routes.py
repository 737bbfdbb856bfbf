"""`POST /v1/scan`: what a text holds, and how it would leave; nothing is sent or recorded."""

from collections import Counter
from collections.abc import Mapping

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headgate.core.errors import InvalidRequest
from headgate.gateway.reading import ReadingTerms, scanned
from headgate.policy.decision import Action
from headgate.privacy.detector import Certainty
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.replace import Masking
from headgate.privacy.scan import Finding, certainties, known_labels, usual_labels
from headgate.privacy.vault import session_key
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys
from headgate.server.compression import read_unpacked

SESSION = "scan"
"""Of the pseudonyms that are shown: no conversation has them."""


class ScanRequest(Struct):
    """A text, and what to look for in it."""

    text: str
    detect: list[str] | None = None
    """Labels; by default every kind of identifier, and secrets."""
    actions: dict[str, Action] = {}
    """What to do about labels; the others are left as they are."""


class Scanned(Struct, frozen=True, kw_only=True):
    """What was found, and the text with `mask` and `redact` done."""

    object: str = "scan"
    findings: tuple[Finding, ...]
    """Places are characters (Unicode code points)."""
    labels: Mapping[str, int]
    masked: str
    problem: str | None
    """Why the text could not be scanned: then nothing is known of it."""
    known: tuple[str, ...]
    """Every label that can be asked for."""
    certainties: Mapping[str, Certainty]
    """What a finding of each of them rests on; `context` is looked for only where asked."""


class ScanRoutes:
    """Tries out what routes do about personal data."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Scan for those who hold one of `keys`, within the limits of `runtime`."""
        self._runtime = runtime
        self._keys = keys

    def routes(self) -> list[BaseRoute]:
        """Where it is done."""
        return [Route("/v1/scan", self.scan, methods=["POST"])]

    async def scan(self, request: Request) -> Response:
        """Scan one text."""
        headers = by_name(request.scope["headers"])
        caller = self._keys.caller(headers)
        limit = self._runtime.settings.server.limits.body_bytes
        body = await read_unpacked(headers, request.receive, limit)
        try:
            asked = msgspec.json.decode(body, type=ScanRequest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidRequest(f"not a text to scan: {error}") from error
        unknown = sorted(set(asked.detect or ()).difference(known_labels()))
        if unknown:
            raise InvalidRequest(
                f"detect: there is no detector `{unknown[0]}`",
                param="detect",
                hint=f"there are {', '.join(known_labels())}",
            )
        found = await run_in_threadpool(self._scanned, asked, caller.name or "")
        return Response(msgspec.json.encode(found), media_type="application/json")

    def _scanned(self, asked: ScanRequest, tenant: str) -> Scanned:
        wanted = usual_labels() if asked.detect is None else frozenset(asked.detect)
        terms = ReadingTerms(detect=wanted)
        found, problem = scanned(asked.text, terms, self._runtime.clock.monotonic)
        secret = self._runtime.gateway.sessions.secret
        names = Pseudonyms(session_key(secret, tenant, SESSION))
        return Scanned(
            findings=tuple(found),
            labels=dict(sorted(Counter(each.label for each in found).items())),
            masked=Masking(names, asked.actions).text(asked.text, found),
            problem=problem,
            known=known_labels(),
            certainties=certainties(),
        )
