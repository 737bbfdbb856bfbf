"""The description of the API is of the API there is."""

import json
import re

import msgspec
import pytest
from jsonschema import Draft202012Validator

import headgate
from headgate.server.openapi import document
from headgate.server.plan_routes import PlanRoutes
from headgate.traffic.read import read_file

METHODS = {"get", "post"}


def schema_of(name: str) -> Draft202012Validator:
    whole = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return Draft202012Validator(whole)


def test_every_path_of_the_planner_is_described_and_no_other() -> None:
    routes = PlanRoutes(runtime=None, keys=None).routes()  # type: ignore[arg-type]
    mounted = {(each.path, m.lower()) for each in routes for m in each.methods}  # type: ignore[attr-defined]
    mounted = {(path, method) for path, method in mounted if method in METHODS}
    described = {(path, m) for path, each in document()["paths"].items() for m in each}
    assert described == mounted


def test_a_report_is_as_described() -> None:
    report = headgate.plan(preset="classic", needs=["gdpr"], as_of="2026-11-27")
    schema_of("Report").validate(json.loads(msgspec.json.encode(report)))


def test_traffic_of_a_file_is_as_described(tmp_path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text("timestamp,input_tokens,output_tokens\n1,700,300\n2,800,100\n")
    schema_of("Traffic").validate(json.loads(msgspec.json.encode(read_file(path))))


@pytest.mark.parametrize(
    "wrong", [{"monthly_tokens": "many"}, {"needs": ["secrecy"]}, {"colour": 1}]
)
def test_what_the_planner_refuses_is_not_as_described(wrong: dict[str, object]) -> None:
    assert not schema_of("Question").is_valid(wrong)
    with pytest.raises(headgate.CallerError):
        headgate.plan(**wrong)


def test_fields_say_what_they_mean() -> None:
    fields = document()["components"]["schemas"]["Question"]["properties"]
    assert "p95" in fields["ttft_s"]["description"]


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(document())
    referred = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert referred <= set(document()["components"]["schemas"])
