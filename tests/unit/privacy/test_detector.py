import dataclasses

import pytest

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text


def test_a_detector_is_a_value_that_finds():
    hello = Detector(
        name="hello",
        find=lambda text: iter([Hit(0, 5)] if text.value.startswith("hello") else []),
        examples=("hello world",),
        counter_examples=("goodbye",),
    )
    assert [list(hello.find(Text(text))) for text in hello.examples] == [[Hit(0, 5)]]
    assert [list(hello.find(Text(text))) for text in hello.counter_examples] == [[]]
    with pytest.raises(dataclasses.FrozenInstanceError):
        hello.name = "other"
