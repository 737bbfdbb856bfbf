"""A name that is not there is refused with the one that was meant."""

import pytest

from headgate.core.errors import InvalidRequest
from headgate.planner.known import known

CATALOGUE = {"h100-sxm": 1, "l4": 2}


def test_a_name_that_is_there_is_its_entry() -> None:
    assert known("l4", CATALOGUE, what="hardware", param="machines", hint="look") == 2


@pytest.mark.parametrize(
    ("name", "hint"), [("h100sxm", "did you mean `h100-sxm`?"), ("abacus", "look")]
)
def test_another_is_refused_with_a_way_out(name: str, hint: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        known(name, CATALOGUE, what="hardware", param="machines", hint="look")
    assert caught.value.message == f"there is no hardware `{name}`"
    assert (caught.value.param, caught.value.hint) == ("machines", hint)
