"""A fetched price list: `$XDG_DATA_HOME/headgate/prices.json`, kept by `headgate catalog update`.

Nothing is fetched unless somebody asks for it; the installed list works offline.
"""

import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Endpoint, Timeouts
from headgate.catalog.prices import listed_models, use_list
from headgate.catalog.quotes import Quote, quotes
from headgate.core.errors import HeadgateError, UpstreamGarbled, UpstreamUnavailable
from headgate.engine.folders import models_folder

LARGEST_LIST_BYTES: Final = 32 * 1024 * 1024
PATIENCE: Final = Timeouts(connect_s=10, first_token_s=30, stall_s=30, total_s=60)
_log = logging.getLogger(__name__)


class Update(Struct, frozen=True, kw_only=True):
    """What a newly fetched list changes."""

    path: Path
    added: tuple[tuple[str, str], ...]
    """Provider and model."""
    removed: tuple[tuple[str, str], ...]
    changed: tuple[tuple[Quote, Quote], ...]
    """Before and after, of the models that the catalogue compares."""


def price_file() -> Path:
    """Where the fetched list is kept."""
    return models_folder().with_name("prices.json")


def default_url() -> str:
    """Where genai-prices publishes its list."""
    from genai_prices.update_prices import DEFAULT_UPDATE_URL

    return DEFAULT_UPDATE_URL


def use_fetched_prices(path: Path | None = None) -> date | None:
    """Use the fetched list if there is one newer than the installed; the day it was fetched.

    A list that cannot be used is named in a warning and left out.
    """
    path = path or price_file()
    try:
        fetched_s = path.stat().st_mtime
        if fetched_s <= _installed_s():
            return None
        fetched = datetime.fromtimestamp(fetched_s, UTC).date()
        use_list(path.read_bytes(), fetched)
    except FileNotFoundError:
        return None
    except (OSError, UpstreamGarbled) as problem:
        _log.warning("%s is not used, the installed price list is: %s", path, problem)
        return None
    return fetched


async def update_prices(
    url: str, path: Path, *, at: datetime, environ: Mapping[str, str]
) -> Update:
    """Fetch the list, use it from now on and keep it.

    Raises:
        UpstreamError: It cannot be fetched, or is not what it should be.
        HeadgateError: It cannot be written.
    """
    content = await _fetch(url, environ)
    models_before, quotes_before = listed_models(), quotes(at)
    use_list(content, at.date())
    _write(path, content)
    models_now = listed_models()
    pairs = zip(quotes_before, quotes(at), strict=True)
    return Update(
        path=path,
        added=tuple(sorted(models_now - models_before)),
        removed=tuple(sorted(models_before - models_now)),
        changed=tuple((before, now) for before, now in pairs if _amounts(before) != _amounts(now)),
    )


def _amounts(quote: Quote) -> tuple[float | None, float | None]:
    return quote.input_usd_per_mtok, quote.output_usd_per_mtok


async def _fetch(url: str, environ: Mapping[str, str]) -> bytes:
    parts = urlsplit(url)
    client = HttpClient(environ)
    try:
        exchange = await client.get(
            Endpoint(base_url=f"{parts.scheme}://{parts.netloc}"), parts.path, timeouts=PATIENCE
        )
        with closing(exchange):
            if exchange.status != 200:
                raise UpstreamUnavailable(f"{url} answered {exchange.status}")
            return await exchange.read(LARGEST_LIST_BYTES)
    finally:
        await client.close()


def _write(path: Path, content: bytes) -> None:
    """Beside the file and then renamed, so that half a list is never found."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as beside:
            beside.write(content)
        os.replace(beside.name, path)
    except OSError as error:
        raise HeadgateError(f"cannot write `{path}`: {error.strerror}") from error


def _installed_s() -> float:
    """When the installed list was installed."""
    package = find_spec("genai_prices")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).with_name("data.py").stat().st_mtime
