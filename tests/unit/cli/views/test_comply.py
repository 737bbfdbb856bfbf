from datetime import date

from headgate.cli.views.comply import IN_FORCE_NOWHERE, show, show_policies, show_providers
from headgate.policy.compliance.evaluate import Shortfall
from headgate.runtime.compliance import Cell, Compliance, OutOfDate, Row

DAY = date(2026, 11, 28)


def failed(policy, *missing):
    return Shortfall(policy, "", missing, ("§ 1",), is_unknown=True, is_denied=False)


def row(label, *cells, key=None):
    return Row(route="r", key=key, label=label, policies=("p",), cells=cells)


def shown(capsys, *rows, out_of_date=()):
    show(Compliance(day=DAY, policies=(), rows=rows, out_of_date=out_of_date))
    return capsys.readouterr().out.splitlines()


def test_labels_that_fare_alike_share_a_line_and_reasons_are_numbered_once(capsys):
    def refused(label):
        reasons = {"privacy": f"not local, and the request holds `{label}`"}
        return Cell(target="a", how="no", shortfalls=(failed("p", "`baa`: no"),), reasons=reasons)

    free = Cell(target="b", how="masked", reasons={})
    lines = shown(capsys, row("x", refused("x"), free), row("y", refused("y"), free))
    assert lines == [
        f"as of 2026-11-28: {IN_FORCE_NOWHERE}",
        "",
        "route r",
        "data\ta\tb\tpolicies",
        "x, y\tno [1] [2]\tmasked\tp",
        "[1] p: `baa`: no [§ 1]",
        "[2] privacy: not local, and the request holds it",
    ]


def test_keys_have_tables_of_their_own_and_what_is_out_of_date_stands_below(capsys):
    free = Cell(target="a", how="yes", reasons={})
    old = OutOfDate(target="a", fact="soc2", since=DAY, at="a page")
    lines = shown(capsys, row("x", free), row("x", free, key="k"), out_of_date=(old,))
    assert "route r, key k" in lines
    assert lines[-1] == "a\tsoc2\t2026-11-28\ta page"


def test_policies_are_written_in_a_line_each(capsys):
    show_policies()
    out = capsys.readouterr().out
    assert "(baa and baa_eligible and features_eligible and (zdr or retention_accepted))" in out
    assert "accredited any of fedramp-high, il4, il5, il6" in out


def test_providers_are_shown_as_of_a_day(capsys):
    show_providers(DAY)
    out = capsys.readouterr().out
    assert "unspecified (out of date)" in out
    assert "Azure OpenAI, `retention_days`: 30 is used; the seed's table says" in out
