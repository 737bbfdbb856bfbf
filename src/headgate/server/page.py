"""The planner's page at `/`: files that `make page` has built from `web/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from mimetypes import guess_type

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

STATIC = files("headgate.server") / "static"
NOT_BUILT = (
    "The planner's page is not built yet.\n"
    "hint: run `make page`, then restart; `headgate plan` answers on the command line\n"
)
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Best first: what a browser may accept, and the ending of the file that holds it."""
SAFE = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
FOREVER = "public, max-age=31536000, immutable"
"""For files whose name holds a hash of their content."""


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file of the page, as built and compressed."""

    media_type: str
    cache_control: str
    bodies: Mapping[str, bytes]
    """By content encoding; `identity` is always there."""
    tags: Mapping[str, str]
    """The `etag` of each body."""

    def answer(self, request: Request) -> Response:
        """The file, in the best form that the client takes; 304 where it has it already."""
        accepted = _accepted(request.headers.get("accept-encoding", ""))
        encoding = next((each for each in self.bodies if each in accepted), "identity")
        body = self.bodies[encoding]
        headers = {
            **SAFE,
            "cache-control": self.cache_control,
            "vary": "accept-encoding",
            "etag": self.tags[encoding],
        }
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if encoding != "identity":
            headers["content-encoding"] = encoding
        return Response(body, headers=headers, media_type=self.media_type)


def page_routes(static: Traversable = STATIC) -> list[BaseRoute]:
    """The index at `/` and what it loads from `/assets/`, read once."""
    if not static.joinpath("index.html").is_file():
        return [Route("/", _not_built)]
    index = _read(static, "index.html", "no-cache")
    assets = {
        each.name: _read(static / "assets", each.name, FOREVER)
        for each in static.joinpath("assets").iterdir()
        if not each.name.endswith(tuple(ENCODINGS.values()))
    }

    async def answer_index(request: Request) -> Response:
        return index.answer(request)

    async def answer_asset(request: Request) -> Response:
        found = assets.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return found.answer(request)

    return [Route("/", answer_index), Route("/assets/{name}", answer_asset)]


async def _not_built(_: Request) -> Response:
    return PlainTextResponse(NOT_BUILT, 503, SAFE)


def _read(folder: Traversable, name: str, cache_control: str) -> BuiltFile:
    bodies = {
        encoding: (folder / f"{name}{ending}").read_bytes()
        for encoding, ending in ENCODINGS.items()
        if (folder / f"{name}{ending}").is_file()
    }
    bodies["identity"] = (folder / name).read_bytes()
    return BuiltFile(
        media_type=guess_type(name)[0] or "application/octet-stream",
        cache_control=cache_control,
        bodies=bodies,
        tags={encoding: _tag(body) for encoding, body in bodies.items()},
    )


def _tag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:20]}"'


def _accepted(header: str) -> set[str]:
    """The encodings of an `accept-encoding` header that are not refused by `q=0`."""
    offers = (offer.replace(" ", "").lower().partition(";q=") for offer in header.split(","))
    return {name for name, _, weight in offers if not weight or weight.strip("0.")}
