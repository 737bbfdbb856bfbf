"""A first `headgate.yaml`, from what was found on the machine."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

HEAD = """\
# Headgate: what clients may ask for, and who answers.
# `headgate check` validates this file; every setting stands in docs/reference/configuration.md.

"""
TARGETS = """\
# Targets are models to send requests to. Keys stay where they are: `api_key` only names the place.
targets:
"""
ROUTES = """
# Routes are what clients send as `model`; `auto` is the first one. Targets are tried in order.
routes:
"""
MORE = """\
    # The next target is tried on time-outs, refused connections, 429, 5xx and cut answers. With
    # checks also when an answer is not good enough:
    # fallback: {checks: [empty, truncated, refusal]}
    # Requests with personal data, or with these labels, only go to local targets:
    # privacy: {labels: [confidential]}

# Other addresses than loopback need keys; `headgate key NAME` makes one.
# server:
#   host: 0.0.0.0
#   port: 8400
#   keys:
#     - {name: alice, hash: "sha256:…"}

# Which targets may be used where; `environment`, or $HEADGATE_ENVIRONMENT, says which applies.
# environment: development
# environments:
#   development: [laptop]
#   production: [laptop, gpt]
"""

_PLAIN = re.compile(r"[a-z][a-z0-9_-]*")


def draft(data: Mapping[str, Any], found: Sequence[str]) -> str:
    """The text of a configuration with the targets and routes of `data`."""
    notes = "".join(f"#   {line}\n" for line in found)
    targets = "".join(
        f"  {_text(name)}: {_flow(target)}\n" for name, target in data["targets"].items()
    )
    routes = "".join(
        f"  {_text(name)}:\n    targets: {_flow(route['targets'])}\n"
        for name, route in data["routes"].items()
    )
    return f"{HEAD}# Found here:\n{notes}\n{TARGETS}{targets}{ROUTES}{routes}{MORE}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _text(value)


def _text(value: str) -> str:
    """A scalar, quoted unless it is surely text and nothing else."""
    is_plain = _PLAIN.fullmatch(value) and value not in {"true", "false", "null"}
    return value if is_plain else json.dumps(value, ensure_ascii=False)
