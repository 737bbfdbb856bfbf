"""A report as one file: the planner's page with its script, its styles and the report inside."""

import re
from importlib.resources.abc import Traversable

import msgspec

from headgate.core.errors import OperatorError
from headgate.planner.report import Report
from headgate.server.page import STATIC

SCRIPT = re.compile(r'<script type="module"[^>]* src="(/assets/[^"]+)"></script>')
STYLE = re.compile(r'<link rel="stylesheet"[^>]* href="(/assets/[^"]+)">')
OTHER_LINKS = re.compile(r"<link [^>]*>\s*")
REPORT = '<script type="application/json" id="report">{}</script>'
"""Where the page looks for a report before it asks for one."""


def report_page(report: Report, static: Traversable = STATIC) -> str:
    """The whole file; it asks no server for anything.

    Raises:
        OperatorError: The page has not been built.
    """
    data = _inside_script(msgspec.json.encode(report).decode())
    return _page(static).replace("</head>", f"{REPORT.format(data)}</head>", 1)


def _page(static: Traversable) -> str:
    """The index with its styles and its script in it."""
    if not static.joinpath("index.html").is_file():
        raise OperatorError(
            "the page that a report is written with is not built",
            hint="run `make page`, or take `--markdown`",
        )
    index = static.joinpath("index.html").read_text("utf-8")
    styles = "".join(_asset(static, path) for path in STYLE.findall(index))
    script = "".join(_asset(static, path) for path in SCRIPT.findall(index))
    bare = OTHER_LINKS.sub("", STYLE.sub("", SCRIPT.sub("", index)))
    run = f'<script type="module">{_inside_script(script)}</script>'
    return bare.replace("</body>", f"{run}</body>", 1).replace(
        "</head>", f"<style>{styles}</style></head>", 1
    )


def _asset(static: Traversable, path: str) -> str:
    return static.joinpath(*path.strip("/").split("/")).read_text("utf-8")


def _inside_script(text: str) -> str:
    """`text` such that nothing in it ends the script element or begins a comment."""
    return re.sub(r"<(?=/script|!--)", r"\\u003c", text, flags=re.IGNORECASE)
