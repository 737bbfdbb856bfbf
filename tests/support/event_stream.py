"""AWS's event streams, written: an independent counterpart of `wire.event_stream`."""

import json
import struct
from typing import Any
from zlib import crc32


def message(headers: dict[str, str], payload: bytes) -> bytes:
    """One message of text headers and a payload."""
    written = b""
    for name, value in headers.items():
        key, text = name.encode(), value.encode()
        written += bytes([len(key)]) + key + b"\x07" + struct.pack(">H", len(text)) + text
    prelude = struct.pack(">II", 16 + len(written) + len(payload), len(written))
    whole = prelude + struct.pack(">I", crc32(prelude)) + written + payload
    return whole + struct.pack(">I", crc32(whole))


def event(kind: str, content: Any) -> bytes:
    """An event of Bedrock's, or an exception, as its name says."""
    is_exception = kind.endswith("Exception")
    return message(
        {
            f":{'exception' if is_exception else 'event'}-type": kind,
            ":content-type": "application/json",
            ":message-type": "exception" if is_exception else "event",
        },
        json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode(),
    )


def from_lines(text: str) -> bytes:
    """A stream told as lines of `{"<kind>": {…}}`, for transcripts and cassettes."""
    told = [json.loads(line) for line in text.splitlines() if line]
    return b"".join(event(kind, content) for line in told for kind, content in line.items())
