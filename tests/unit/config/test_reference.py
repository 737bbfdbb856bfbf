import json
from pathlib import Path

import jsonschema
import pytest

from headgate.config.load import read_file
from headgate.config.locate import read_document
from headgate.config.reference import json_schema, markdown, write
from headgate.config.route import RouteSettings
from headgate.config.target import TargetSettings

EXAMPLE = Path(__file__).parents[3] / "headgate.example.yaml"


def validator():
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_example_is_valid_for_us_and_for_the_published_schema():
    document = read_document(EXAMPLE.read_text("utf-8"))
    assert read_file(EXAMPLE, {}).settings.auto_route == "chat"
    assert [error.message for error in validator().iter_errors(document.data)] == []


def test_the_example_shows_every_setting_of_a_route():
    routes = read_document(EXAMPLE.read_text("utf-8")).data["routes"].values()
    shown = {setting for route in routes for setting in route}
    assert shown == RouteSettings.model_fields.keys() - {"labels"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"targets": {"a": {"backend": "openai", "modle": "x"}}},
        {"targets": {"a": {"model": "x"}}},
        {"targets": {"a": {"backend": "openai", "retries": -1}}},
        {"targets": {}},
        {"routes": {}},
        {},
    ],
)
def test_the_published_schema_refuses_what_we_refuse(wrong):
    assert not validator().is_valid(wrong)


def test_the_page_has_every_section_and_every_setting_of_a_target():
    page = markdown()
    for heading in ("server.keys[]", "targets.NAME.cost", "routes.NAME.tiers[]", "engine"):
        assert f"## `{heading}`\n" in page
    for setting in TargetSettings.model_fields:
        assert f"\n| `{setting}` | " in page
    assert "| `hardware_usd` | number | `0` |" in page
    assert "| `backend` | text | needed |" in page


def test_both_files_are_written(tmp_path):
    write(tmp_path)
    assert (tmp_path / "reference" / "configuration.md").read_text("utf-8") == markdown()
    assert (tmp_path / "headgate.schema.json").read_text("utf-8") == json_schema()
