import pytest
from pydantic import ValidationError

from headgate.config.schema import EngineSection, Server, Settings
from headgate.engine.engine import EngineSettings

MINIMAL = {"targets": {"a": {"backend": "openai"}}, "routes": {"r": {"targets": ["a"]}}}


def test_defaults_are_those_a_laptop_needs():
    settings = Settings.model_validate(MINIMAL)
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8400)
    assert settings.server.keys == ()
    assert settings.ledger.enabled
    assert settings.environment_targets is None


def test_the_engine_section_has_every_setting_of_the_engine_and_its_defaults():
    assert EngineSection().settings() == EngineSettings()
    assert set(EngineSection.model_fields) == {*EngineSettings.__struct_fields__, "models_dir"}


def test_the_default_route_is_the_first_unless_one_is_named():
    routes = {"one": {"targets": ["a"]}, "two": {"targets": ["a"]}}
    assert Settings.model_validate(MINIMAL | {"routes": routes}).auto_route == "one"
    named = MINIMAL | {"routes": routes, "default_route": "two"}
    assert Settings.model_validate(named).auto_route == "two"


def test_the_environment_in_force_picks_its_targets():
    data = MINIMAL | {"environment": "dev", "environments": {"dev": ["a"], "prod": []}}
    assert Settings.model_validate(data).environment_targets == {"a"}


def test_settings_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Server().port = 1


def test_every_setting_is_described():
    schema = Settings.model_json_schema()
    sections = [each for each in schema["$defs"].values() if "properties" in each]
    for section in [schema, *sections]:
        assert section["description"]
        for name, setting in section["properties"].items():
            assert "description" in setting or "$ref" in setting, name
