"""The stand-in for OpenAI's Responses API against its published types and its SDK."""

from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.responses import Response

from support import behaviours as b
from support.answers import Answer, Asked, Call, called, said
from support.published import check_answer, check_stream
from support.responses_shapes import ResponsesShape
from support.shapes import ErrorSaid
from support.upstream import Upstream

SHAPE = ResponsesShape()
ANSWERS = {
    "text": said("One two"),
    "length": said("One", finish="length"),
    "filtered": said("One", finish="content_filter"),
    "thought": said("One", reasoning=("Hm", ".")),
    "refusal": Answer(refusal=("No", ".")),
    "calls": called(Call("f", "{}"), Call("g", '{"a":1}')),
    "nothing": Answer(),
}


def asked(**body: Any) -> Asked:
    return Asked(kind="chat", number=1, body={"model": "m", "input": "Hi", **body})


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_bodies_and_streams_are_as_published_and_say_the_same(answer: Answer) -> None:
    whole: Response = check_answer("openai_responses", SHAPE.body(asked(), answer))
    frames = SHAPE.frames(asked(), answer)
    events = check_stream("openai_responses", b"".join(frame.data for frame in frames))
    assert events[-1].response == whole
    assert [event.sequence_number for event in events] == list(range(len(events)))
    done = [event.item for event in events if event.type == "response.output_item.done"]
    assert done == whole.output
    kinds = [frame.kind for frame in frames]
    assert kinds.count("end") == 1
    assert ("content" in kinds) is bool(whole.output)


def test_its_sdk_adds_a_stream_up() -> None:
    with Upstream(b.OK) as upstream, OpenAI(base_url=upstream.base_url, api_key="any") as client:
        with client.responses.stream(model="m", input="Hi") as stream:
            streamed = stream.get_final_response()
        whole = client.responses.create(model="m", input="Hi")
    assert streamed.output_text == whole.output_text != ""


def test_its_sdk_raises_its_errors() -> None:
    error = SHAPE.error_frame(ErrorSaid(message="Down", type="server_error"))
    assert check_stream("openai_responses", error)[0]["error"]["message"] == "Down"
    with (
        Upstream(b.ERROR_AFTER_CONTENT, b.BAD_REQUEST) as upstream,
        OpenAI(base_url=upstream.base_url, api_key="any", max_retries=0) as client,
    ):
        stream = client.responses.create(model="m", input="Hi", stream=True)
        with pytest.raises(openai.APIError):
            list(stream)
        with pytest.raises(openai.BadRequestError):
            client.responses.create(model="m", input="Hi")
