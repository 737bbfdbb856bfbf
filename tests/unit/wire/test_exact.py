"""Numbers keep their digits."""

import pytest

from headgate.wire.exact import decode, encode
from headgate.wire.members import UNREADABLE

WRITTEN = b'{"a":1.10,"b":123456789012345678901234567890,"c":[1e400,-0.0,1E2],"d":"\xc3\xa9"}'


def test_what_is_put_together_again_is_what_was_taken_apart():
    assert encode(decode(WRITTEN)) == WRITTEN


def test_what_is_no_json_is_refused():
    for broken in (b"{", b"", b"\xff", b"[" * 100_000):
        with pytest.raises(UNREADABLE):
            decode(broken)
