"""Chromium, kept from every address but this machine's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Every other name and address leads nowhere. Intercepting would slow each request down.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WAIT_MS = 15_000
"""Long enough for a machine that does much else at the time."""
HOME = "127.0.0.1"
GATEWAY = {
    "targets": {"box": {"backend": "openai_compatible", "base_url": "http://127.0.0.1:9/v1"}},
    "routes": {"chat": {"targets": ["box"]}},
}
"""A configuration for those who only want the page: nobody is asked for an answer."""


def chromium_path() -> str | None:
    """Where the browser is, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def is_debian() -> bool:
    """Where `make` installs the browser, its absence is a fault and no reason to skip."""
    return Path("/usr/bin/apt-get").exists()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, closed in the end."""
    path = chromium_path()
    assert path is not None, "Chromium is missing: `apt-get install chromium`"
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page of a clean profile, and what it did besides what was asked."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts, and whatever the console says: a policy violated, for one."""
    outside: list[str] = field(default_factory=list)
    """Requests to other machines. They lead nowhere."""

    def assert_it_kept_to_itself(self) -> None:
        """No error, no violation of the policy, no request to anywhere else."""
        assert self.complaints == []
        assert self.outside == []


@contextmanager
def watched_page(browser: Browser, **options: object) -> Iterator[Watched]:
    """A page in a profile of its own; checked at the end for what it must never do."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT_MS)
    watched = Watched(context.new_page(), context)

    def note(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in {"blob", "file"} and url.hostname != HOME:
            watched.outside.append(request.url)

    context.on("request", note)
    watched.page.on("console", lambda said: watched.complaints.append(f"{said.type}: {said.text}"))
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    try:
        yield watched
    finally:
        context.close()
