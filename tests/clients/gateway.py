"""Serves what the clients talk to: a real gateway, and behind it stand-ins that obey.

It runs in Headgate's own environment, `conftest.py` beside it in that of the clients.
It says where it listens, and ends when its input does.
"""

import sys
import tempfile
from pathlib import Path

from clients.names import CLAUDES
from support.headgate_server import HeadgateServer
from support.truthful import TRUTHFUL
from support.upstream import Upstream

KEY = "stand-in-key"


def config(upstream: Upstream) -> dict[str, object]:
    """A route to each API, where a client of another one is translated.

    Models are called as their routes are: some tests expect to read the name they sent.
    """
    root = upstream.root_url
    key = {"api_key": "${STAND_IN_KEY}"}
    targets = {
        "to-openai": {"backend": "openai", "base_url": f"{root}/v1", **key},
        "to-anthropic": {"backend": "anthropic", "base_url": root, **key},
        "to-cohere": {"backend": "cohere", "base_url": root, **key},
        "to-ollama": {"backend": "ollama_native", "base_url": root},
    }
    routes: dict[str, object] = {
        name: {"targets": [f"{name}-box"], "models": [CLAUDES[name]] if name in CLAUDES else []}
        for name in targets
    }
    # Frameworks say what the backend has no word for, and an operator lets it go.
    for name in ("to-cohere", "to-ollama"):
        routes[f"freely-{name}"] = {"targets": [f"{name}-box"], "drop_unsupported": True}
    boxes = {f"{name}-box": {**target, "model": name} for name, target in targets.items()}
    return {"targets": boxes, "routes": routes}


def main() -> None:
    """Serve until whoever started this closes the pipe."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Upstream(TRUTHFUL) as upstream,
        HeadgateServer(Path(folder), config(upstream), env={"STAND_IN_KEY": KEY}) as server,
    ):
        print(server.root_url, flush=True)
        sys.stdin.read()
        if "Traceback" in server.said:
            sys.exit(server.said)


if __name__ == "__main__":
    main()
