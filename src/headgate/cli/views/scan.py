"""What a scan found: a table, JSON, or SARIF 2.1.0."""

import json
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import click
import msgspec

from headgate.cli.show import table
from headgate.runtime.file_scan import STDIN, Located, Scanned

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def show(scanned: Scanned) -> None:
    """A line for each finding, and a sentence to standard error."""
    found = scanned.findings
    if found:
        table(
            ("where", "label", "kind", "value"),
            (
                (f"{each.path}:{each.line}:{each.column}", each.label, each.kind, each.masked)
                for each in found
            ),
        )
    skipped = f", {scanned.binary_files:,} binary skipped" if scanned.binary_files else ""
    click.echo(f"{len(found):,} found in {scanned.files:,} files{skipped}", err=True)


def show_json(scanned: Scanned) -> None:
    """One document."""
    click.echo(msgspec.json.format(msgspec.json.encode(scanned), indent=2).decode())


def show_sarif(scanned: Scanned) -> None:
    """One document that code scanning reads."""
    click.echo(json.dumps(sarif(scanned), indent=2, ensure_ascii=False))


def sarif(scanned: Scanned) -> dict[str, Any]:
    """The log of one run."""
    rules = sorted({_rule(each) for each in scanned.findings})
    driver = {
        "name": "headgate",
        "semanticVersion": version("headgate"),
        "rules": [{"id": rule, "shortDescription": {"text": _describe(rule)}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules) for each in scanned.findings],
        "invocations": [
            {
                "executionSuccessful": not scanned.unreadable,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"cannot read {each.path}: {each.why}"}}
                    for each in scanned.unreadable
                ],
            }
        ],
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(found: Located) -> str:
    return f"{found.label}/{found.kind}" if found.kind else found.label


def _describe(rule: str) -> str:
    label, _, kind = rule.partition("/")
    return f"{label}: {kind}" if kind else label


def _result(found: Located, rules: list[str]) -> dict[str, Any]:
    rule = _rule(found)
    return {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": "error" if found.label == "secret" else "warning",
        "message": {"text": f"{_describe(rule)}: {found.masked}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(found.path)},
                    "region": {
                        "startLine": found.line,
                        "startColumn": found.column,
                        "endLine": found.end_line,
                        "endColumn": found.end_column,
                    },
                }
            }
        ],
    }


def _uri(path: str) -> str:
    """Of a file; relative as it was named, so that it fits the repository scanned."""
    if path == STDIN:
        return "stdin"
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())
