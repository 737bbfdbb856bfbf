from pathlib import Path

from headgate.config.locate import Problem, read_document
from headgate.config.report import InvalidConfig, dotted, located, shown


def test_a_path_is_written_as_people_write_it():
    assert dotted(("routes", "chat", "targets", 0)) == "routes.chat.targets[0]"
    assert dotted(()) == ""


def test_problems_stand_in_the_order_of_the_file_each_with_place_and_hint(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    document = read_document("targets:\n  fast:\n    backend: openai\n    modle: x\nport: 1\n")
    problems = [
        Problem(("port",), "unknown setting", about_name=True),
        Problem(("targets", "fast", "modle"), "unknown setting", "did you mean `model`?", True),
    ]
    error = InvalidConfig(located(document, tmp_path / "headgate.yaml", problems))
    assert str(error) == (
        "headgate.yaml:4:5: targets.fast.modle: unknown setting\n"
        "hint: did you mean `model`?\n"
        "headgate.yaml:5:1: port: unknown setting"
    )
    assert [problem.line for problem in error.problems] == [4, 5]


def test_without_a_file_the_setting_stands_alone():
    document = read_document("")
    [problem] = located(document, None, [Problem(("a",), "is wrong")])
    assert str(problem) == "a: is wrong"


def test_a_value_that_came_from_elsewhere_is_blamed_on_its_source(tmp_path):
    document = read_document("environment: development")
    document.overrides["environment",] = "$HEADGATE_ENVIRONMENT"
    [problem] = located(document, Path("x.yaml"), [Problem(("environment",), "unknown")])
    assert str(problem) == "$HEADGATE_ENVIRONMENT: environment: unknown"


def test_a_file_elsewhere_is_shown_whole(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert shown(Path("/etc/headgate.yaml")) == "/etc/headgate.yaml"
    assert shown(tmp_path / "sub" / "h.yaml") == "sub/h.yaml"
