"""Refuse to build a wheel without the planner's page in it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path("src", "headgate", "server", "static", "index.html")


class PageHook(BuildHookInterface[Any]):
    """Looks for the built page before a wheel is packed; an editable install may lack it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fail with the way out when the page is missing."""
        if version != "editable" and not Path(self.root, PAGE).exists():
            raise RuntimeError(f"`{PAGE}` is missing: build the page first with `make page`")
