"""Ask what may be listening on this machine which models it has."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from urllib.parse import urlsplit

import msgspec

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Client, Endpoint, Timeouts
from headgate.core.errors import HeadgateError

LIMIT_S = 0.3
"""A local engine answers in a few milliseconds; nothing may hold up the start for longer."""
LARGEST_LIST_BYTES = 4 * 1024 * 1024

Probe = Callable[[str], Awaitable[bytes | None]]
"""The body that a URL answers 200 with; `None` for anything else."""


class _Model(msgspec.Struct):
    id: str = ""
    """In OpenAI's list."""
    name: str = ""
    """In Ollama's own."""


class _Models(msgspec.Struct):
    data: list[_Model] | None = None
    models: list[_Model] | None = None


async def probe(url: str) -> bytes | None:
    """The real probe."""
    client = HttpClient()
    try:
        return await _get(client, url)
    except HeadgateError:
        return None
    finally:
        await client.close()


async def _get(client: Client, url: str) -> bytes | None:
    parts = urlsplit(url)
    exchange = await client.get(
        Endpoint(base_url=f"{parts.scheme}://{parts.netloc}"),
        parts.path,
        timeouts=Timeouts(
            connect_s=LIMIT_S, first_token_s=LIMIT_S, stall_s=LIMIT_S, total_s=LIMIT_S
        ),
    )
    with closing(exchange):
        return await exchange.read(LARGEST_LIST_BYTES) if exchange.status == 200 else None


def listed_models(body: bytes) -> list[str] | None:
    """Names in a list of models of OpenAI's or Ollama's shape; `None` if it is neither.

    Something else entirely may listen on a usual port: only such a list proves an engine.
    """
    try:
        answer = msgspec.json.decode(body, type=_Models)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    listed = answer.data if answer.data is not None else answer.models
    if listed is None:
        return None
    # Names are shown on a terminal: one that could move the cursor is no name.
    return [name for item in listed if (name := item.id or item.name) and name.isprintable()]
