"""The figures as a table for people, as Markdown for the docs, and as JSON."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.measure import CONNECTIONS, STREAMS_AT_ONCE, Figures

HEADINGS = (
    "gateway",
    *(f"req/s at {count}" for count in CONNECTIONS),
    "CPU per request at 16 (µs)",
    "of nginx at 16",
    "× LiteLLM at 16",
    "added p50 / p99 at 1 (ms)",
    "added p50 / p99 at 16 (ms)",
    *(
        f"added first token, {count} stream{'s' if count > 1 else ''} (ms)"
        for count in STREAMS_AT_ONCE
    ),
    *(f"added chunk p50 / p99, {count} (ms)" for count in STREAMS_AT_ONCE),
    "memory, MiB after requests",
)
UNKNOWN = "–"


def rows(figures: list[Figures]) -> list[list[str]]:
    """One row a gateway, in the order of `HEADINGS`."""
    by_name = {found.name: found for found in figures}
    return [_row(found, by_name) for found in figures]


def markdown(figures: list[Figures]) -> str:
    """A table for `docs/performance.md`: one column a gateway, which is narrower."""
    columns = [list(HEADINGS), *rows(figures)]
    lines = ["| " + " | ".join(cells) + " |" for cells in zip(*columns, strict=True)]
    rule = "|---" + "|---:" * (len(columns) - 1) + "|"
    return "\n".join([lines[0], rule, *lines[1:], ""])


def terminal(figures: list[Figures]) -> str:
    """The same, aligned for a terminal."""
    columns = [list(HEADINGS), *rows(figures)]
    widths = [max(len(cell) for cell in column) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        first = cells[0].ljust(widths[0])
        others = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *others]))
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def write(figures: list[Figures], about: dict[str, Any], folder: Path) -> None:
    """`latest.json` and `latest.md` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "about": about,
        "figures": [
            {
                **asdict(found),
                "requests_per_s": {count: found.rate(count) for count in found.whole},
            }
            for found in figures
        ],
    }
    (folder / "latest.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "latest.md").write_text(markdown(figures))


def _row(found: Figures, by_name: dict[str, Figures]) -> list[str]:
    direct = by_name.get("direct")
    return [
        found.name,
        *(f"{found.rate(count):,.0f}" for count in CONNECTIONS),
        f"{found.cpu_us(16):,.0f}" if found is not direct else UNKNOWN,
        _ratio(found, by_name.get("nginx"), "{:.2g}"),
        _ratio(found, by_name.get("litellm"), "{:.1f}"),
        *(_added_latency(found, direct, count) for count in (1, 16)),
        *(_added_first_token(found, direct, count) for count in STREAMS_AT_ONCE),
        *(_added_transit(found, direct, count) for count in STREAMS_AT_ONCE),
        " → ".join(f"{m.mib:.0f} ({m.requests:,})" for m in found.memory) or UNKNOWN,
    ]


def _ratio(found: Figures, other: Figures | None, form: str) -> str:
    if other is None or found.name == "direct":
        return UNKNOWN
    return form.format(found.rate(16) / other.rate(16))


def _added_latency(found: Figures, direct: Figures | None, connections: int) -> str:
    if direct is None or found is direct:
        return UNKNOWN
    (p50, p99), (base50, base99) = found.latency(connections), direct.latency(connections)
    return f"{p50 - base50:.2f} / {p99 - base99:.2f}"


def _added_first_token(found: Figures, direct: Figures | None, at_once: int) -> str:
    if direct is None or found is direct:
        return UNKNOWN
    return f"{found.stream(at_once)[0] - direct.stream(at_once)[0]:.2f}"


def _added_transit(found: Figures, direct: Figures | None, at_once: int) -> str:
    if direct is None or found is direct:
        return UNKNOWN
    _, p50, p99 = found.stream(at_once)
    _, base50, base99 = direct.stream(at_once)
    return f"{p50 - base50:.2f} / {p99 - base99:.2f}"
