"""The batch lane of a runtime."""

from headgate.config.schema import Batches
from headgate.core.plugins import load_all
from headgate.runtime.batching import line_endpoints


def test_lines_go_where_answers_come_whole() -> None:
    dialects = load_all("headgate.wire.dialects", "DIALECT")
    clients = {name: each for name, each in dialects.items() if hasattr(each, "endpoints")}
    found = line_endpoints(clients)
    assert {"/v1/chat/completions", "/v1/embeddings", "/v1/messages", "/v2/chat"} <= found.keys()
    assert not any(path.startswith("/api/") for path in found)
    assert not {"/v1/rerank", "/v1/moderations", "/v1/messages/count_tokens"} & found.keys()


def test_batches_are_answered_here_by_default() -> None:
    settings = Batches()
    assert (settings.enabled, settings.provider_apis) == (True, True)
    assert settings.path.name == "batches"
