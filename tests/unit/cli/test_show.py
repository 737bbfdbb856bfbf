"""Tables and money for people."""

from decimal import Decimal

import pytest

from headgate.cli import show


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0.00"),
        ("0.001", "$0.001"),
        ("0.0000071234", "$0.000007123"),
        ("0.000000000001", "$0.000000000001"),
        ("1.5", "$1.50"),
        ("12.3456", "$12.35"),
        ("99.999", "$100.00"),
        ("1234.5", "$1234.50"),
    ],
)
def test_money_is_never_rounded_to_nothing(amount: str, text: str) -> None:
    assert show.usd(Decimal(amount)) == text


def test_what_is_unknown_is_said() -> None:
    assert show.usd(None) == "unknown"
    assert show.usd(Decimal(0), unknown=2) == "unknown"
    assert show.usd(Decimal("0.5"), unknown=2) == "$0.50 + 2 unknown"


def test_a_time_that_never_was_is_a_dash() -> None:
    assert show.milliseconds(None) == "–"
    assert show.milliseconds(1234.4) == "1,234 ms"


def test_characters_a_terminal_would_act_upon_are_replaced() -> None:
    assert show.printable("a\x1b[31mred\x07\nä") == "a�[31mred��ä"


def test_away_from_a_terminal_a_table_is_lines_with_tabs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.table(("name", "cost "), [("a", "$1"), ("b\tc", "$2")])
    assert capsys.readouterr().out == "name\tcost\na\t$1\nb�c\t$2\n"


def test_on_a_terminal_a_table_is_drawn_and_its_cells_are_no_markup(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    show.table(("name", "cost "), [("[red]a[/red]", "$1.00")])
    head, rule, row, *_ = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert head.split() == ["name", "cost"]
    assert set(rule.strip()) == {"─"}
    assert row.split() == ["[red]a[/red]", "$1.00"]
