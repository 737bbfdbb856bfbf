"""`instructor`: typed answers, by tools and by JSON, whole and in part."""

import os
from typing import Literal

import anthropic
import instructor
import openai
import pytest
from pydantic import BaseModel

ROUTES = ("to-openai", "to-anthropic", "to-cohere")


class Weather(BaseModel):
    city: Literal["Paris", "Oslo"]
    degrees: int


ASKED = [{"role": "user", "content": "It is 11 degrees in Oslo."}]
FOUND = {"city": "Oslo", "degrees": 11}


def over_openai(mode: instructor.Mode) -> instructor.Instructor:
    client = openai.OpenAI(base_url=f"{os.environ['HEADGATE']}/v1", api_key="any", max_retries=0)
    return instructor.from_openai(client, mode=mode)


def over_anthropic(mode: instructor.Mode) -> instructor.Instructor:
    client = anthropic.Anthropic(base_url=os.environ["HEADGATE"], api_key="any", max_retries=0)
    return instructor.from_anthropic(client, mode=mode)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("mode", [instructor.Mode.TOOLS, instructor.Mode.JSON_SCHEMA])
def test_an_openai_client_gets_its_type(mode: instructor.Mode, route: str) -> None:
    client = over_openai(mode)
    found = client.create(response_model=Weather, messages=ASKED, model=route, max_retries=0)
    assert found.model_dump() == FOUND


@pytest.mark.parametrize("route", ROUTES)
def test_parts_of_a_type_come_while_it_is_streamed(route: str) -> None:
    client = over_openai(instructor.Mode.TOOLS)
    *parts, last = client.create_partial(
        response_model=Weather, messages=ASKED, model=route, max_retries=0
    )
    assert parts
    assert last.model_dump() == FOUND


# It asks for one call at a time, which Cohere cannot be told.
@pytest.mark.parametrize("route", ["to-openai", "to-anthropic", "freely-to-cohere"])
def test_an_anthropic_client_gets_its_type(route: str) -> None:
    client = over_anthropic(instructor.Mode.TOOLS)
    found = client.create(
        response_model=Weather, messages=ASKED, model=route, max_tokens=200, max_retries=0
    )
    assert found.model_dump() == FOUND
