from headgate.catalog.hardware import hardware
from headgate.catalog.models import models
from headgate.estimate.accuracy import SOURCE, basis_of
from headgate.estimate.deployment import Deployment


def deployment(model: str, machine: str) -> Deployment:
    return Deployment(model=models()[model], hardware=hardware()[machine])


def test_an_estimate_says_that_it_is_one_and_where_its_method_is_described():
    basis = basis_of(deployment("llama-3.1-8b", "h100-sxm"), "speed")
    assert (basis.kind, basis.source) == ("estimated", SOURCE)


def test_experts_widen_the_band():
    dense = basis_of(deployment("llama-3.1-70b", "h200-sxm"), "speed")
    sparse = basis_of(deployment("gpt-oss-120b", "h200-sxm"), "speed")
    assert dense.error_share < sparse.error_share


def test_where_nobody_measured_the_band_is_wider():
    server = basis_of(deployment("llama-3.1-8b", "h100-sxm"), "capacity")
    processor = basis_of(deployment("llama-3.1-8b", "epyc-9654-384"), "capacity")
    assert server.error_share < processor.error_share
