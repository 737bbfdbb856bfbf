"""What Ollama's own SDK is told when something cannot be done, or goes wrong."""

from collections.abc import Iterator
from typing import Any

import ollama
import pytest

from support import behaviours as b
from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.ollama_gateway import HELLO, SAID, over_each
from support.request_shapes import TOOL
from support.upstream import Upstream

every_stand_in = pytest.mark.parametrize("model", ["over_ollama", "over_openai"])


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def well_behaved(upstream: Upstream) -> None:
    upstream.use(OK)


@pytest.fixture(scope="module")
def client(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ollama.Client]:
    folder = tmp_path_factory.mktemp("headgate")
    with (
        HeadgateServer(folder, over_each(upstream)) as server,
        ollama.Client(host=server.root_url, timeout=20) as client,
    ):
        yield client
        assert "Traceback" not in server.said


def read_until_it_breaks(stream: Iterator[Any]) -> list[Any]:
    """The lines before the error that there must be."""
    lines = []
    try:
        for line in stream:
            lines.append(line)  # noqa: PERF402 - those before the error are wanted
    except ollama.ResponseError:
        return lines
    pytest.fail("the stream ended as if it were complete")


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"options": {"mirostat": 2}}, "mirostat"),
        ({"logprobs": True}, "logprobs"),
        ({"think": "hard"}, "think"),
        ({"format": "xml"}, "format"),
        ({"options": {"temperature": "hot"}}, "options.temperature"),
    ],
)
def test_what_another_backend_cannot_be_told_is_refused_by_name(
    client: ollama.Client, fields: dict[str, Any], param: str
) -> None:
    response = client._client.post(
        "/api/chat", json={"model": "over_openai", "messages": HELLO, "stream": False, **fields}
    )
    assert response.status_code == 400
    assert response.json()["error"].startswith(f"{param}: ")


@pytest.mark.parametrize("field", ["suffix", "template", "raw", "context"])
def test_a_prompt_that_only_an_ollama_can_write_is_refused_elsewhere(
    client: ollama.Client, field: str
) -> None:
    value = {"raw": True, "context": [1]}.get(field, "x")
    with pytest.raises(ollama.ResponseError) as caught:
        client.generate("over_openai", "a", **{field: value})
    assert caught.value.status_code == 400
    assert caught.value.error.startswith(f"{field}: ")


@every_stand_in
@pytest.mark.parametrize("behaviour", [b.BAD_REQUEST, b.RATE_LIMITED, b.NO_SUCH_MODEL], ids=str)
def test_an_error_is_the_sdks_own_with_its_status(
    client: ollama.Client, upstream: Upstream, model: str, behaviour: Any
) -> None:
    upstream.use(behaviour)
    statuses = {b.BAD_REQUEST: 400, b.RATE_LIMITED: 429, b.NO_SUCH_MODEL: 404}
    for stream in (False, True):
        with pytest.raises(ollama.ResponseError) as caught:
            list(client.chat(model, HELLO, stream=stream))  # type: ignore[call-overload]
        assert caught.value.status_code == statuses[behaviour]
        assert caught.value.error


@every_stand_in
@pytest.mark.parametrize(
    "behaviour",
    [b.CUT, b.CUT_BEFORE_DONE, b.ERROR_AFTER_CONTENT, b.MALFORMED_AFTER_CONTENT],
    ids=str,
)
def test_a_stream_that_breaks_ends_with_an_error_and_never_done(
    client: ollama.Client, upstream: Upstream, model: str, behaviour: Any
) -> None:
    upstream.use(behaviour)
    lines = read_until_it_breaks(client.chat(model, HELLO, stream=True))
    assert lines
    assert not any(line.done for line in lines)
    # So that the target does not rest when the next test asks it.
    upstream.use(OK)
    assert client.chat(model, HELLO).message.content == SAID


def test_arguments_that_are_no_object_cannot_be_passed_on(
    client: ollama.Client, upstream: Upstream
) -> None:
    upstream.use(b.BROKEN_ARGUMENTS)
    with pytest.raises(ollama.ResponseError, match="no JSON object"):
        list(client.chat("over_openai", HELLO, tools=[TOOL], stream=True))
    upstream.use(OK)
    assert client.chat("over_openai", HELLO).message.content == SAID


def test_what_does_not_change_the_answer_is_left_out_and_said(client: ollama.Client) -> None:
    asked = {"options": {"num_ctx": 4096, "seed": 1, "num_gpu": None}, "keep_alive": "5m"}
    body = {"model": "over_openai", "messages": HELLO, "stream": False, **asked}
    response = client._client.post("/api/chat", json=body)
    assert response.status_code == 200
    assert response.headers["x-headgate-dropped"] == "keep_alive,num_ctx"


def test_an_unknown_model_is_not_found(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="nobody") as caught:
        client.chat("nobody", HELLO)
    assert caught.value.status_code == 404
