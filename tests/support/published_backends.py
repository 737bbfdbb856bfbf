"""What Google and AWS say their answers look like, as checks of bytes; see `published`."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.loaders
import botocore.model
from botocore.eventstream import EventStreamBuffer
from botocore.validate import ParamValidator
from google.genai import types

from headgate.wire.sse import EventDecoder


def check_gemini_answer(body: bytes) -> None:
    """Google's types take nothing that they do not name."""
    types.GenerateContentResponse.model_validate_json(body)


def check_gemini_stream(stream: bytes) -> None:
    """Every event is such an answer."""
    events = EventDecoder().feed(stream)
    assert b"".join(event.raw for event in events) == stream, "the last event is not complete"
    for event in events:
        if event.data:
            check_gemini_answer(event.data)


def check_bedrock_answer(body: bytes) -> None:
    """AWS's description of the service, which names every member and those that must be there."""
    # What the headers say does not stand in the body.
    _check("ConverseResponse", json.loads(body))


def check_bedrock_stream(stream: bytes) -> None:
    """Each event by its own shape; the checksums are right."""
    buffer = EventStreamBuffer()
    buffer.add_data(stream)
    members = _service().shape_for("ConverseStreamOutput").members
    for event in buffer:
        headers = event.headers
        assert headers[":message-type"] == "event"
        payload = json.loads(event.payload)
        # Padding against eavesdroppers, which the description leaves out.
        payload.pop("p", None)
        _check(members[headers[":event-type"]].name, payload)
    assert not buffer._data, "the last event is not complete"


def _check(shape: str, value: Mapping[str, Any]) -> None:
    described = _service().shape_for(shape)
    report = ParamValidator().validate(_decoded(value, described), described)
    assert not report.has_errors(), report.generate_report()


def _decoded(value: Any, shape: Any) -> Any:
    """Blobs are base64 in JSON and bytes in Python."""
    if shape.type_name == "blob":
        return value.encode()
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        return {
            name: _decoded(inner, shape.members[name]) if name in shape.members else inner
            for name, inner in value.items()
        }
    if shape.type_name == "list":
        return [_decoded(item, shape.member) for item in value]
    return value


@cache
def _service() -> botocore.model.ServiceModel:
    loaded = botocore.loaders.Loader().load_service_model("bedrock-runtime", "service-2")
    return botocore.model.ServiceModel(loaded, "bedrock-runtime")
