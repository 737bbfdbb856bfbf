"""A route that learns: ratings over HTTP, labels from a file, what is explored, a restart."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from headgate.gateway.learning import SAVED_EVERY_S
from support.behaviours import OK
from support.headgate_server import COMMAND, HeadgateServer, isolated_environment
from support.upstream import Upstream

EASY = "translate into French: the weather in town {} is fine today"
HARD = "prove that the sum over primes below {} diverges like log log"


@pytest.fixture
def upstreams() -> Iterator[tuple[Upstream, Upstream]]:
    with Upstream(OK) as weak, Upstream(OK) as strong:
        yield weak, strong


def config(upstreams: tuple[Upstream, Upstream], **learn: Any) -> dict[str, Any]:
    def target(upstream: Upstream) -> dict[str, Any]:
        return {"backend": "vllm", "base_url": upstream.base_url, "model": "m"}

    return {
        "targets": {"weak": target(upstreams[0]), "strong": target(upstreams[1])},
        "routes": {
            "smart": {
                "tiers": [{"share": 0.5, "targets": ["weak"]}, {"targets": ["strong"]}],
                "learn": {"explore": 0, **learn},
            }
        },
    }


def ask(server: HeadgateServer, text: str) -> httpx.Headers:
    body = {"model": "smart", "messages": [{"role": "user", "content": text}]}
    answer = httpx.post(f"{server.base_url}/chat/completions", json=body)
    assert answer.status_code == 200
    return answer.headers


def both(server: HeadgateServer) -> tuple[float, float]:
    """Shares of easy and hard prompts that the strong tier answered, in turn."""
    shares = {EASY: 0, HARD: 0}
    for number in range(40):
        for pattern in (EASY, HARD):
            shares[pattern] += ask(server, pattern.format(number))["x-headgate-target"] == "strong"
    return shares[EASY] / 40, shares[HARD] / 40


def rate(server: HeadgateServer, **body: Any) -> httpx.Response:
    return httpx.post(f"{server.base_url}/feedback", json=body)


def import_labels(folder: Path, server: HeadgateServer) -> str:
    rows = [
        {"prompt": pattern.format(number), "weak": weak, "strong": 1}
        for number in range(100)
        for pattern, weak in ((EASY, 1), (HARD, 0))
    ]
    path = folder / "labels.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [str(COMMAND), "learn", "import", "smart", str(path), "--db", str(server.ledger)]
    done = subprocess.run(
        command,
        env=isolated_environment(folder),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_labels_from_a_file_move_requests_and_a_restart_keeps_it(
    tmp_path: Path, upstreams: tuple[Upstream, Upstream]
) -> None:
    settings = config(upstreams)
    with HeadgateServer(tmp_path, settings) as server:
        easy, hard = both(server)
        assert easy + hard == pytest.approx(1, abs=0.1), "half of the traffic, whatever it is"
        assert import_labels(tmp_path, server) == "200 labels for route `smart`\n"
    with HeadgateServer(tmp_path, settings) as server:
        # The first few of a start are parted without knowing the traffic.
        both(server)
        easy, hard = both(server)
        assert (easy, hard) == (pytest.approx(0, abs=0.1), pytest.approx(1, abs=0.1))
        headers = ask(server, HARD.format(7))
        decision = headers["x-headgate-decision"]
        answer = httpx.get(f"{server.base_url}/decisions/{decision}").json()
        assert answer["matches"]
        assert answer["facts"]["gain"]["labels"] == 200
        assert answer["facts"]["gain"]["expected"] > 0.3
    assert "primes" not in server.ledger.read_bytes().decode("latin-1")


def test_a_server_that_runs_learns_what_is_imported(
    tmp_path: Path, upstreams: tuple[Upstream, Upstream]
) -> None:
    with HeadgateServer(tmp_path, config(upstreams)) as server:
        ask(server, EASY.format(1))
        import_labels(tmp_path, server)
        for _ in range(int(SAVED_EVERY_S * 400)):
            headers = ask(server, HARD.format(1))
            decision = headers["x-headgate-decision"]
            found = httpx.get(f"{server.base_url}/decisions/{decision}").json()
            if found["facts"]["gain"].get("labels"):
                break
        assert found["facts"]["gain"]["labels"] == 200


def test_ratings_are_taken_and_others_are_told_what_is_wrong(
    tmp_path: Path, upstreams: tuple[Upstream, Upstream]
) -> None:
    with HeadgateServer(tmp_path, config(upstreams)) as server:
        decision = ask(server, EASY.format(1))["x-headgate-decision"]
        assert rate(server, decision=decision, thumb="down").json()["taken"]
        again = rate(server, decision=decision, score=0.25)
        assert (again.status_code, "rated already" in again.text) == (400, True)
        other = ask(server, EASY.format(3))["x-headgate-decision"]
        late = ask(server, EASY.format(4))["x-headgate-decision"]
        assert rate(server, decision=other, score=0.25).status_code == 200
        for body, status, said in (
            ({"decision": late}, 400, "either `score`"),
            ({"decision": late, "score": 1.5}, 400, "from 0 to 1"),
            ({"decision": late, "thumb": "sideways"}, 400, "not a rating"),
            ({"decision": "nobody", "thumb": "up"}, 404, "to rate"),
        ):
            answer = rate(server, **body)
            assert (answer.status_code, said in answer.text) == (status, True), answer.text
    with HeadgateServer(tmp_path, config(upstreams)) as server:
        # After a restart it is in the ledger, as are the labels of before.
        assert rate(server, decision=decision, thumb="up").status_code == 400
        assert rate(server, decision=late, thumb="up").status_code == 200
        decision = ask(server, EASY.format(2))["x-headgate-decision"]
        found = httpx.get(f"{server.base_url}/decisions/{decision}").json()
        assert found["facts"]["gain"]["labels"] == 3


def test_what_is_explored_is_compared_behind_the_clients_back(
    tmp_path: Path, upstreams: tuple[Upstream, Upstream]
) -> None:
    weak, strong = upstreams
    settings = config(upstreams, explore=0.5, judge="strong")
    with HeadgateServer(tmp_path, settings) as server:
        served = [ask(server, EASY.format(n))["x-headgate-target"] for n in range(20)]
        copies = server.ledger_rows(at_least=4, where={"role": "mirror"})
        assert served.count("strong") == pytest.approx(10, abs=3), "answered as ever"
        assert len(weak.requests) + len(strong.requests) >= 20 + len(copies)
