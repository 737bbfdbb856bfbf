"""Errors for a client: a sentence under `error`, as a body or as a line of a stream."""

import msgspec

from headgate.core.errors import HeadgateError

_encoder = msgspec.json.Encoder()


def encode_error(error: HeadgateError) -> bytes:
    """An error body. What a backend said is the error's own sentence already."""
    said = f"{error.message}. Hint: {error.hint}" if error.hint else error.message
    return _encoder.encode({"error": said})


def encode_stream_error(error: HeadgateError) -> bytes:
    """The line that ends a stream with an error; none that is `done` follows it."""
    return encode_error(error) + b"\n"
