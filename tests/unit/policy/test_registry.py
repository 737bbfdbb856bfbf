import sys
from pathlib import Path

from headgate.policy.registry import RULES, all_rules, rules_version, version_of

RULE = """
from headgate.policy.decision import Penalty

class Liking:
    def judge(self, facts, candidate):
        return Penalty("{reason}")

RULE = Liking()
"""


def test_the_rules_are_there_in_the_order_of_their_names():
    expected = "breaker capability capacity context environment latency order privacy residency"
    found = list(all_rules())
    assert found == sorted(found)
    assert {*expected.split(), "affinity", "slo", "spend", "spill", "tier"} <= set(found)


def test_the_version_is_stable():
    assert rules_version() == version_of(all_rules())
    assert len(rules_version()) == 16


def test_leaving_a_rule_out_changes_the_version():
    fewer = all_rules()
    del fewer["privacy"]
    assert version_of(fewer) != rules_version()


def test_changing_a_rule_changes_the_version(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def version(reason: str) -> str:
        # A name of its own each time, as Python may keep what it read a moment ago.
        module = f"liking_{reason}"
        (tmp_path / f"{module}.py").write_text(RULE.format(reason=reason))
        rule = __import__(module).RULE
        try:
            return version_of({"liking": rule})
        finally:
            del sys.modules[module]

    assert version("good") != version("bad")


def test_the_folder_is_where_plugins_register():
    assert RULES == "headgate.policy.rules"


def test_every_rule_has_its_line_in_the_page_about_rules():
    page = (Path(__file__).parents[3] / "docs/concepts/routing-rules.md").read_text()
    assert [name for name in all_rules() if f"\n| `{name}` |" not in page] == []
