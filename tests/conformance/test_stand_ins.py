"""Stand-ins are checked, not trusted: each answers its own provider's official SDK directly.

The checks are those of the matrix, and there is no Headgate here: what a backend is asked
in the matrix, and what it answers, is what its own SDK asks it and understands. Beside
that every byte of an answer is held to the types that the provider publishes.
"""

import http.client
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest

from support import published
from support.matrix.asking import Asking
from support.matrix.backends import BACKENDS, KEY
from support.matrix.behaviours import DIRECT_CHECKS, check_limited, check_refused
from support.matrix.cells import absent
from support.matrix.question import Question, Sdk, Unsayable, streamed
from support.matrix.schemas import TIME, VERDICT, WEATHER
from support.matrix.sdks.anthropic import Anthropic
from support.matrix.sdks.azure import Azure
from support.matrix.sdks.bedrock import Bedrock
from support.matrix.sdks.cohere import Cohere
from support.matrix.sdks.gemini import Gemini
from support.matrix.sdks.ollama import Ollama
from support.matrix.sdks.openai_chat import OpenAIChat
from support.matrix.sdks.openai_responses import OpenAIResponses
from support.published_backends import (
    check_bedrock_answer,
    check_bedrock_stream,
    check_gemini_answer,
    check_gemini_stream,
)
from support.truthful import TRUTHFUL
from support.upstream import Upstream

STAND_INS: tuple[tuple[str, type[Sdk]], ...] = (
    ("openai", OpenAIChat),
    ("openai", OpenAIResponses),
    ("azure_openai", Azure),
    ("anthropic", Anthropic),
    ("cohere", Cohere),
    ("gemini", Gemini),
    ("bedrock", Bedrock),
    ("together", OpenAIChat),
    ("ollama_native", Ollama),
)
Check = Callable[[bytes], object]


def _published(dialect: str) -> tuple[Check, Check]:
    return partial(published.check_answer, dialect), partial(published.check_stream, dialect)


PUBLISHED: dict[str, tuple[Check, Check]] = {
    "openai": _published("openai_chat"),
    "openai-responses": _published("openai_responses"),
    "azure": _published("openai_chat"),
    "anthropic": _published("anthropic"),
    "cohere": _published("cohere"),
    "gemini": (check_gemini_answer, check_gemini_stream),
    "bedrock": (check_bedrock_answer, check_bedrock_stream),
    "ollama": _published("ollama"),
}
"""By SDK."""
QUESTIONS = (
    Question(text="Say: one two three"),
    Question(text="Say: one two three", most_tokens=2),
    Question(text="The weather in Paris and in Oslo?", tools=(WEATHER, TIME)),
    Question(text="Is it so?", schema=VERDICT),
)
BY_NAME = {backend.name: backend for backend in BACKENDS}


@pytest.fixture(params=STAND_INS, ids=lambda pair: f"{pair[0]}-{pair[1].about.name}")
def asking(request: pytest.FixtureRequest) -> Iterator[Asking]:
    name, kind = request.param
    with Upstream(TRUTHFUL) as upstream:
        sdk = kind(upstream.root_url, KEY)
        yield Asking(sdk, BY_NAME[name], BY_NAME[name].model, upstream)
        sdk.close()


@pytest.mark.parametrize("behaviour", DIRECT_CHECKS)
def test_it_does_what_its_own_sdk_asks(asking: Asking, behaviour: str) -> None:
    if absent(asking.sdk.about.name, asking.backend.name, behaviour):
        with pytest.raises(Unsayable):
            DIRECT_CHECKS[behaviour](asking)
    else:
        DIRECT_CHECKS[behaviour](asking)


def test_its_errors_are_its_own_sdks(asking: Asking) -> None:
    question = Question(text="Hello")
    for ask in (asking.sdk.ask, partial(streamed, asking.sdk)):
        check_refused(asking, partial(ask, asking.model, question))
        check_limited(asking, partial(ask, asking.model, question))


def test_every_backend_of_the_matrix_has_one() -> None:
    checked = {name for name, _ in STAND_INS}
    assert checked == {backend.name for backend in BACKENDS if not backend.is_real}


def test_every_byte_it_answers_is_as_its_provider_publishes(asking: Asking) -> None:
    check_answer, check_stream = PUBLISHED[asking.sdk.about.name]
    for question in QUESTIONS:
        asking.ask(question)
        check_answer(again(asking.upstream))
        asking.stream(question)
        check_stream(again(asking.upstream))


def again(upstream: Upstream) -> bytes:
    """What the last request is answered, to the byte."""
    last = upstream.requests[-1]
    connection = http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=10)
    target = f"{last.path}?{last.query}" if last.query else last.path
    with closing(connection):
        connection.request(last.method, target, last.body, dict(last.headers))
        answer = connection.getresponse()
        body = answer.read()
    assert answer.status == 200, body
    return body
