from pathlib import Path

import pytest

from headgate.config.load import Override, load, read, read_file, settings_from
from headgate.config.report import InvalidConfig
from headgate.core.errors import ConfigError

GOOD = "targets:\n  gpt: {backend: openai, model: gpt-4o-mini}\n"


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HEADGATE_CONFIG", raising=False)
    monkeypatch.delenv("HEADGATE_ENVIRONMENT", raising=False)
    return tmp_path


def write(text: str) -> Path:
    path = Path("headgate.yaml")
    path.write_text(text)
    return path


def test_the_issue_s_example_is_reported_with_line_column_and_hint():
    path = write("# my targets\ntargets:\n  fast:\n    backend: openai\n    modle: gpt-4o-mini\n")
    with pytest.raises(ConfigError) as caught:
        read_file(path, {})
    assert str(caught.value) == (
        "headgate.yaml:5:5: targets.fast.modle: unknown setting\nhint: did you mean `model`?"
    )


def test_every_problem_is_told_at_once_in_the_order_of_the_file():
    path = write(
        "server:\n"
        "  prot: 80\n"
        "targets:\n"
        "  gpt: {backend: opnai, api_key: '${KEY}'}\n"
        "routes:\n"
        "  chat: {targets: [gtp]}\n"
    )
    with pytest.raises(InvalidConfig) as caught:
        read_file(path, {})
    assert [str(problem) for problem in caught.value.problems] == [
        "headgate.yaml:2:3: server.prot: unknown setting\nhint: did you mean `port`?",
        "headgate.yaml:4:18: targets.gpt.backend: there is no backend `opnai`\n"
        "hint: did you mean `openai`?",
        "headgate.yaml:6:20: routes.chat.targets[0]: there is no target `gtp`\n"
        "hint: did you mean `gpt`?",
    ]


def test_a_file_without_routes_gets_one_over_all_targets_in_order():
    path = write("targets:\n  b: {backend: openai}\n  a: {backend: vllm}\n")
    settings = read_file(path, {}).settings
    assert settings.auto_route == "default"
    assert settings.routes["default"].targets == ("b", "a")


def test_an_empty_file_says_what_is_missing():
    with pytest.raises(ConfigError, match=r"headgate\.yaml: targets: is missing"):
        read_file(write(""), {})


def test_variables_are_filled_in_and_unset_ones_told_once_with_their_place():
    text = GOOD + "server: {port: '${PORT}'}\n"
    assert read_file(write(text), {"PORT": "9000"}).settings.server.port == 9000
    with pytest.raises(InvalidConfig) as caught:
        read_file(write(text), {})
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (3, 16)
    assert problem.message == "the environment variable `PORT` is not set"


def test_a_key_in_the_file_is_refused_and_not_repeated():
    path = write("targets:\n  gpt: {backend: openai, api_key: sk-hunter2}\n")
    with pytest.raises(ConfigError) as caught:
        read_file(path, {})
    assert "hunter2" not in str(caught.value)
    assert "`${OPENAI_API_KEY}`" in str(caught.value)


def test_settings_hold_the_reference_and_never_the_secret():
    path = write("targets:\n  gpt: {backend: openai, api_key: '${KEY}'}\n")
    assert "hunter2" not in repr(read_file(path, {"KEY": "hunter2"}))


def test_the_environment_variable_wins_over_the_file_and_is_blamed_for_itself():
    text = GOOD + "environment: dev\nenvironments: {dev: [gpt], prod: []}\n"
    loaded = read_file(write(text), {"HEADGATE_ENVIRONMENT": "prod"})
    assert loaded.settings.environment_targets == frozenset()
    with pytest.raises(ConfigError) as caught:
        read_file(write(text), {"HEADGATE_ENVIRONMENT": "prd"})
    assert str(caught.value).startswith("$HEADGATE_ENVIRONMENT: environment: there is no")


def test_a_flag_wins_and_is_checked_like_the_file():
    path = write(GOOD)
    flag = Override(("server", "port"), 9000, "--port")
    assert read_file(path, {}, flags=[flag]).settings.server.port == 9000
    with pytest.raises(ConfigError, match=r"--host: server\.host: without `keys`"):
        read_file(path, {}, flags=[Override(("server", "host"), "0.0.0.0", "--host")])


def test_a_flag_does_not_hide_a_section_of_the_wrong_kind():
    flag = Override(("server", "port"), 9000, "--port")
    with pytest.raises(ConfigError, match="server: must be a mapping"):
        read_file(write(GOOD + "server: 80\n"), {}, flags=[flag])


def test_relative_paths_start_at_the_file(work):
    (work / "sub").mkdir()
    path = work / "sub" / "headgate.yaml"
    path.write_text(GOOD + "ledger: {path: ledger.db}\n")
    assert read_file(path, {}).settings.ledger.path == work / "sub" / "ledger.db"


def test_a_file_that_is_no_text_is_refused():
    Path("headgate.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="it is not UTF-8 text"):
        read_file(Path("headgate.yaml"), {})


def test_a_folder_is_refused():
    with pytest.raises(ConfigError, match=r"cannot read `\.`: Is a directory"):
        read_file(Path(), {})


def test_load_takes_the_file_it_finds():
    write(GOOD)
    loaded = load()
    assert loaded.path is not None
    assert loaded.discovery is None
    assert list(loaded.settings.targets) == ["gpt"]


def test_read_does_not_discover():
    with pytest.raises(ConfigError, match=r"there is no `headgate\.yaml` here or above"):
        read()


def test_a_mapping_works_like_a_file():
    settings = settings_from(
        {"targets": {"gpt": {"backend": "openai", "model": "${MODEL}"}}}, {"MODEL": "m"}
    )
    assert settings.targets["gpt"].model == "m"
    with pytest.raises(ConfigError, match=r"^targets\.gpt\.modle: unknown setting"):
        settings_from({"targets": {"gpt": {"backend": "openai", "modle": "m"}}}, {})
