"""Numbers as people type them."""

import click
import pytest

from headgate.cli.amounts import Amount, Named, Share


@pytest.mark.parametrize(
    ("text", "number"), [("2.5M", 2.5e6), ("250k", 250_000), ("1e6", 1e6), ("10,000", 10_000)]
)
def test_an_amount_may_have_a_scale(text, number):
    assert Amount().convert(text, None, None) == number


@pytest.mark.parametrize(("text", "share"), [("30%", 0.3), ("0.3", 0.3), ("100 %", 1.0)])
def test_a_share_may_be_in_per_cent(text, share):
    assert Share().convert(text, None, None) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("h100-sxm=2.10", ("h100-sxm", 2.1)),
        ("resale_share=20%", ("resale_share", 0.2)),
        ("rtx-4090=2k", ("rtx-4090", 2000)),
    ],
)
def test_a_name_has_its_number(text, pair):
    assert Named().convert(text, None, None) == (pair[0], pytest.approx(pair[1]))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Amount(), "many"),
        (Amount(), "30%"),
        (Amount(), ""),
        (Share(), "a third"),
        (Share(), "%"),
        (Named(), "2.10"),
        (Named(), "=2.10"),
        (Named(), "l4="),
        (Named(), "l4=dear"),
    ],
)
def test_what_is_none_is_refused_with_an_example(kind, text):
    with pytest.raises(click.BadParameter) as caught:
        kind.convert(text, None, None)
    assert any(digit in str(caught.value.message) for digit in "0123456789")
