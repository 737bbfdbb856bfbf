import msgspec
import pytest

from headgate.core.errors import UpstreamRejected
from headgate.core.inbound import Inbound
from headgate.wire.members import split
from headgate.wire.usual import UsualBackend, UsualClient

BODY = b'{"model":"m","x": [1, 2.50],"y":1}'
INBOUND = Inbound(dialect="d", operation="chat", body=BODY, fields=split(BODY), model="m")


def test_a_relayed_body_keeps_its_bytes_but_for_what_is_changed_or_dropped():
    relayed = UsualBackend().relay(INBOUND, changes={"model": "n"}, drop=frozenset({"y"}))
    assert relayed == b'{"model":"n","x":[1, 2.50]}'


def test_a_targets_settings_fill_in_what_the_request_does_not_say():
    assert UsualBackend().left_open(INBOUND, {"x": 9, "z": 2}) == {"z": 2}
    assert UsualBackend().ask_for_usage(INBOUND) == {}


@pytest.mark.parametrize(("said", "told"), [(529, 503), (503, 503), (429, 429)])
def test_anthropics_word_for_overload_is_everybodys(said, told):
    body = msgspec.json.encode({})
    error = UpstreamRejected("overloaded", status=said, headers={}, body=body)
    assert UsualClient().status_of(error) == told
