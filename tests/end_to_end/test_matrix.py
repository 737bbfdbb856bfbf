"""Every official SDK × every backend × every behaviour, through one real gateway.

The cells that do not work are data with their reasons (`support/matrix/cells.py`); they are
run, too, and must fail as it is said there. `docs/reference/compatibility.md` shows the same.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from support.matrix.backends import BACKENDS, Backend
from support.matrix.behaviours import CHECKS
from support.matrix.bench import Bench, Cell
from support.matrix.cells import Absent, absent, stale
from support.matrix.page import page
from support.matrix.question import Unsayable
from support.matrix.sdks.found import SDKS

ROOT = Path(__file__).parents[2]
CELLS = [
    pytest.param(sdk, backend, behaviour, id=f"{sdk}-{backend.name}-{behaviour}")
    for backend, sdk, behaviour in product(BACKENDS, SDKS, CHECKS)
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("matrix")) as bench:
        yield bench
        assert "Traceback" not in bench.headgate.said


@pytest.mark.parametrize(("sdk", "backend", "behaviour"), CELLS)
def test_the_cell_works_or_fails_as_the_page_says(
    bench: Bench, sdk: str, backend: Backend, behaviour: str
) -> None:
    cell = bench.cell(sdk, backend)
    reason = absent(sdk, backend.name, behaviour)
    if reason is None:
        CHECKS[behaviour](cell)
    else:
        assert_fails(cell, behaviour, reason)


def assert_fails(cell: Cell, behaviour: str, absent: Absent) -> None:
    kinds = {
        "unsayable": (Unsayable,),
        "refused": cell.sdk.about.errors,
        "model": (AssertionError,),
    }
    with pytest.raises(kinds[absent.why]) as raised:
        CHECKS[behaviour](cell)
    if absent.why == "refused":
        complaint = cell.sdk.complaint(raised.value)
        assert complaint.status == absent.status
        assert absent.says in complaint.message


def test_every_reason_is_about_some_cell() -> None:
    assert (
        stale((sdk, backend.name, name) for backend, sdk, name in product(BACKENDS, SDKS, CHECKS))
        == []
    )


def test_the_page_of_compatibility_is_current() -> None:
    assert (ROOT / "docs" / "reference" / "compatibility.md").read_text("utf-8") == page(), (
        "make docs"
    )
