"""SARIF has the shape that its schema requires."""

import jsonschema
import pytest

from headgate.cli.views.scan import sarif, show
from headgate.runtime.file_scan import Located, Scanned, Unreadable

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
COUNT = {"type": "integer", "minimum": 1}
REQUIRED_SHAPE = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id"],
                                            "properties": {"shortDescription": TEXT},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "invocations": {
                        "items": {
                            "required": ["executionSuccessful"],
                            "properties": {
                                "toolExecutionNotifications": {
                                    "items": {
                                        "required": ["message"],
                                        "properties": {"message": TEXT},
                                    }
                                }
                            },
                        }
                    },
                    "results": {"items": {"$ref": "#/$defs/result"}},
                },
            },
        },
    },
    "$defs": {
        "result": {
            "required": ["message"],
            "properties": {
                "message": TEXT,
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "locations": {
                    "items": {
                        "properties": {
                            "physicalLocation": {
                                "required": ["artifactLocation"],
                                "properties": {
                                    "artifactLocation": {
                                        "properties": {"uri": {"pattern": r"^[\w%./:~-]+$"}}
                                    },
                                    "region": {
                                        "properties": {
                                            "startLine": COUNT,
                                            "startColumn": COUNT,
                                            "endLine": COUNT,
                                            "endColumn": COUNT,
                                        }
                                    },
                                },
                            }
                        }
                    }
                },
            },
        }
    },
}


def located(path: str, label: str, kind: str = "") -> Located:
    return Located(
        path=path,
        line=3,
        column=5,
        end_line=3,
        end_column=9,
        label=label,
        kind=kind,
        score=1.0,
        masked="ab… (12 characters)",
    )


def scanned(*found: Located) -> Scanned:
    return Scanned(
        labels=["email", "secret"],
        files=2,
        binary_files=1,
        findings=found,
        unreadable=[Unreadable("closed", "Permission denied")],
    )


@pytest.mark.parametrize(
    "found",
    [
        (),
        (located("-", "email"),),
        (located("a b/ü.py", "secret", "github-pat"), located("/abs/x", "email")),
    ],
    ids=["none", "stdin", "several"],
)
def test_sarif_has_its_shape(found):
    log = sarif(scanned(*found))
    jsonschema.validate(log, REQUIRED_SHAPE)
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[each["ruleIndex"]] for each in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]
    assert [each["ruleId"] for each in run["results"]] == [
        f"{each.label}/{each.kind}" if each.kind else each.label for each in found
    ]


def test_a_path_becomes_a_uri():
    log = sarif(scanned(located("a b/ü.py", "email"), located("/abs/x", "email")))
    uris = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in log["runs"][0]["results"]
    ]
    assert uris == ["a%20b/%C3%BC.py", "file:///abs/x"]


def test_control_characters_of_a_path_reach_no_terminal(capsys):
    show(scanned(located("a\x1b[2J", "email")))
    said = capsys.readouterr()
    assert "\x1b" not in said.out
    assert said.err == "1 found in 2 files, 1 binary skipped\n"
