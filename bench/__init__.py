"""How fast Headgate is beside nginx and LiteLLM: `python -m bench` (`make bench`).

Every gateway is pinned to core 0 and measured alone (the others are stopped with SIGSTOP);
the load generator and the upstream share core 1. See `docs/performance.md`.
"""

from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
GATEWAY_CORE = 0
LOAD_CORE = 1
MODEL = "bench"
"""Name clients send, route in Headgate, model in LiteLLM, and what the upstream is asked for."""
