import pytest

from headgate.catalog.hardware import hardware
from headgate.estimate.efficiency import EFFICIENCIES, efficiency, machine_class


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ("h100-sxm", "server gpu"),
        ("l4", "server gpu"),
        ("gh200-96", "server gpu"),
        ("rtx-4090", "desk gpu"),
        ("m4-max-128", "apple"),
        ("epyc-9654-384", "cpu"),
    ],
)
def test_every_machine_has_the_constants_of_its_class(machine, expected):
    assert machine_class(hardware()[machine]) == expected
    assert efficiency(hardware()[machine]) is EFFICIENCIES[expected]


@pytest.mark.parametrize("constants", EFFICIENCIES.values(), ids=EFFICIENCIES)
def test_no_machine_beats_its_data_sheet(constants):
    assert 0 < constants.bandwidth_share < 1
    assert 0 < constants.compute_share < 1
    assert 0 < constants.memory_share < 1


@pytest.mark.parametrize("constants", EFFICIENCIES.values(), ids=EFFICIENCIES)
def test_eight_bits_are_not_slower_than_sixteen(constants):
    """8-bit units have twice the peak."""
    assert 2 * constants.narrow_share >= 1
