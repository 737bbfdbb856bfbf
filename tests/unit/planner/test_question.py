"""A question keeps everything that is asked, and nothing else."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given

from headgate.planner.question import Need, Question
from headgate.planner.rules import NEEDS
from support.plans import NEEDS as NEEDS_IN_TESTS
from support.plans import questions


@given(questions())
def test_it_survives_json(question):
    assert msgspec.json.decode(msgspec.json.encode(question), type=Question) == question


def test_what_it_does_not_know_is_refused():
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"colour": "red"}, Question)


def test_every_need_has_its_rule():
    assert set(get_args(Need)) == set(NEEDS) == set(NEEDS_IN_TESTS)
