"""The bench measures what it says it measures: its upstream and its stream reader."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from support.process import ServerProcess

ROOT = Path(__file__).parents[2]
MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello"}]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def upstream() -> Iterator[ServerProcess]:
    command = [sys.executable, "-m", "bench.upstream"]
    with ServerProcess(command, ready=r"listening on (\S+)", env=ENVIRONMENT) as server:
        yield server


def test_the_sdk_accepts_the_upstream(upstream: ServerProcess) -> None:
    with OpenAI(base_url=f"{upstream.root_url}/v1", api_key="any", max_retries=0) as client:
        whole = client.chat.completions.create(model="m", messages=MESSAGES)
        chunks = client.chat.completions.create(
            model="m",
            messages=MESSAGES,
            stream=True,
            stream_options={"include_usage": True},
        )
        texts = [c.choices[0].delta.content if c.choices else c.usage for c in chunks]
    assert whole.choices[0].finish_reason == "stop"
    assert len(texts) == 1 + 50 + 1 + 1
    sent_at = [int(text) for text in texts[1:51] if isinstance(text, str)]
    assert sent_at == sorted(sent_at)
    assert texts[-1] is not None


def test_the_stream_reader_sees_every_chunk_soon_after_it_was_sent(upstream: ServerProcess) -> None:
    command = [sys.executable, "-m", "bench.stream_client", upstream.root_url, "2", "2"]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    found = json.loads(done.stdout)
    assert found["streams"] == 2
    # Clocks that did not agree would show as negative or as huge.
    assert 0 < found["transit_p50_ms"] < 1000
    assert found["first_token_ms"] >= found["transit_p50_ms"] / 2
