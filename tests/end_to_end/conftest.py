"""What the tests of the page share: a browser, a gateway, a profile that is watched."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from support.browser import GATEWAY, Watched, chromium, watched_page
from support.headgate_server import HeadgateServer


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    """A gateway that nobody asks for an answer."""
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), GATEWAY) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A page of a clean profile that may read its clipboard; in the end it kept to itself."""
    with watched_page(browser, permissions=["clipboard-read", "clipboard-write"]) as watched:
        yield watched
        watched.assert_it_kept_to_itself()
