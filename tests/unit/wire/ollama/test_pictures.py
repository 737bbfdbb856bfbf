from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest
from headgate.wire.ollama.pictures import picture

HEADS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff\xe0": "image/jpeg",
    b"GIF89a": "image/gif",
    b"GIF87a": "image/gif",
    b"RIFF\x00\x01\x02\x03WEBP": "image/webp",
}


@given(st.sampled_from(sorted(HEADS)), st.binary(max_size=60))
def test_the_first_bytes_say_what_a_picture_is(head: bytes, rest: bytes) -> None:
    data = b64encode(head + rest).decode()
    assert picture(data, "images[0]") == ImagePart(data=data, media_type=HEADS[head])


@pytest.mark.parametrize(
    "data",
    [
        "",
        "data:image/png;base64,iVBORw0KGgo=",
        "not base64!",
        "ä",
        b64encode(b"RIFF1234WAVE").decode(),
    ],
)
def test_what_is_no_picture_is_refused_by_its_place(data: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        picture(data, "messages[2].images[0]")
    assert caught.value.param == "messages[2].images[0]"


@given(st.text(max_size=40))
def test_no_text_raises_anything_else(data: str) -> None:
    with suppress(InvalidRequest):
        assert picture(data, "a").data == data
