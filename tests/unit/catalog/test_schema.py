import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from headgate.catalog.kinds import KINDS
from headgate.catalog.schema import json_schema

PUBLISHED = Path(__file__).parents[3] / "docs" / "catalog.schema.json"


def test_the_published_schema_is_current():
    assert PUBLISHED.read_text("utf-8") == json_schema(), (
        "python -m headgate.catalog.schema > docs/catalog.schema.json"
    )


@pytest.mark.parametrize("name", KINDS)
def test_every_file_follows_the_published_schema(name: str):
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    content = (files("headgate.catalog") / "data" / f"{name}.yaml").read_bytes()
    as_json = json.loads(json.dumps(yaml.load(content, yaml.CSafeLoader), default=str))
    jsonschema.validate({name: as_json}, schema)
