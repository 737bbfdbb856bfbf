"""`/openapi.json`: the planner's API, described from the types it is made of."""

import inspect
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headgate.estimate import basis, traffic
from headgate.estimate.traffic import Traffic
from headgate.planner import question, report
from headgate.planner.question import Question
from headgate.planner.report import Report
from headgate.server.field_docs import field_docs

QUESTION, REPORT, TRAFFIC = "Question", "Report", "Traffic"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "code"],
            "properties": {
                "message": {"type": "string"},
                "hint": {"type": ["string", "null"]},
                "param": {"type": ["string", "null"], "description": "The field that is wrong."},
                "code": {"type": "string"},
            },
        }
    },
}


def openapi_routes() -> list[BaseRoute]:
    """Where it is served; it holds nothing that needs a key."""
    return [Route("/openapi.json", _answer, methods=["GET"])]


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1, whose schemas are JSON Schema 2020-12."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Headgate", "version": version("headgate")},
        "paths": {
            "/api/plan": {
                "post": _operation("Plan a question", body=QUESTION, answer=REPORT),
                "get": _operation("Plan the question of a link", answer=REPORT, free_query=True),
            },
            "/api/plan/choices": {
                "get": _operation("What there is to choose from", answer={"type": "object"})
            },
            "/api/plan/traffic": {"post": _upload()},
            "/api/plan/ledger": {"get": _operation("What this gateway has served", answer=TRAFFIC)},
            "/api/plan/export": {"post": _export()},
        },
        "components": {
            "schemas": {**_schemas(), "Problem": PROBLEM},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}, {}],
    }


def _schemas() -> dict[str, Any]:
    """Of the planner's types, each field with what the source says of it."""
    _, schemas = msgspec.json.schema_components(
        (Question, Report, Traffic), ref_template="#/components/schemas/{name}"
    )
    for module in (question, report, traffic, basis):
        for name, struct in inspect.getmembers(module, inspect.isclass):
            if name in schemas and struct.__module__ == module.__name__:
                for field, text in field_docs(struct).items():
                    schemas[name]["properties"][field]["description"] = text
    return schemas


async def _answer(_: Request) -> Response:
    # The first time it reads the types' own source.
    whole = await run_in_threadpool(document)
    return Response(msgspec.json.encode(whole), media_type="application/json")


def _operation(
    summary: str,
    *,
    answer: str | dict[str, Any],
    body: str | None = None,
    free_query: bool = False,
) -> dict[str, Any]:
    schema = _ref(answer) if isinstance(answer, str) else answer
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": schema}}},
            "400": _problem("Something cannot be; `param` names it"),
            "401": _problem("Keys are configured and none was sent"),
        },
    }
    if body is not None:
        content = {"application/json": {"schema": _ref(body)}}
        operation["requestBody"] = {"required": True, "content": content}
    if free_query:
        operation["parameters"] = [
            {
                "name": "question",
                "in": "query",
                "style": "form",
                "explode": True,
                "description": "Fields of a question as `Report.link` writes them",
                "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            }
        ]
    return operation


def _upload() -> dict[str, Any]:
    operation = _operation("Read a usage file", answer=TRAFFIC)
    operation["parameters"] = [_query("name", "What people call the file", {"type": "string"})]
    binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    operation["requestBody"] = {"required": True, "content": binary}
    return operation


def _export() -> dict[str, Any]:
    forms = {"type": "string", "enum": ["csv", "markdown", "html"]}
    operation = _operation("Plan a question, as text", body=QUESTION, answer=REPORT)
    operation["parameters"] = [{**_query("as", "Form of the answer", forms), "required": True}]
    text = {"schema": {"type": "string"}}
    operation["responses"]["200"]["content"] = dict.fromkeys(
        ("text/csv", "text/markdown", "text/html"), text
    )
    return operation


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": _ref("Problem")}},
    }
