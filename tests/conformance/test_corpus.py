"""Inputs that once raised what they must not, and the seeds they were found from."""

import pytest

from fuzz.targets import CORPUS, kept, seeds, try_everything

FOUND = sorted(CORPUS.glob("*")) if CORPUS.exists() else []


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_an_input_that_once_broke_a_decoder_does_no_longer(path):
    try_everything(path.read_bytes())


def test_inputs_that_earlier_runs_kept_are_read_without_surprise():
    count = 0
    for _, data in kept():
        try_everything(data[1:])
        count += 1
    assert count > 1000


def test_every_seed_is_read_by_every_decoder_without_surprise():
    count = 0
    for seed in seeds():
        try_everything(seed)
        count += 1
    assert count > 100
