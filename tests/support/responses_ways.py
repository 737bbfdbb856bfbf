"""Ways by which the official SDK reaches a model that it asks by the Responses API."""

from dataclasses import dataclass
from typing import Any

from openai import OpenAI
from openai.types.responses import Response

from support.upstream import Upstream

WAYS = ("itself", "relayed", "translated")
ENVIRONMENT = {"UPSTREAM_KEY": "upstream-key"}


@dataclass(frozen=True)
class Way:
    """One way to a model."""

    name: str
    client: OpenAI
    upstream: Upstream

    def ask(self, given: Any = "Hi", **more: Any) -> Response:
        answer = self.client.responses.create(model=self.name, input=given, **more)
        Response.model_validate_json(answer.to_json(), strict=True)
        return answer

    def events(self, given: Any = "Hi", **more: Any) -> list[Any]:
        return list(self.client.responses.create(model=self.name, input=given, stream=True, **more))

    @property
    def sent(self) -> dict[str, Any]:
        """What the backend was asked last."""
        return self.upstream.requests[-1].json


def two_ways(upstream: Upstream, faults: tuple[str, ...] = ()) -> dict[str, Any]:
    """A configuration of a relayed and a translated target, and routes over each and both.

    For each of `faults` there are both once more: one that fails is left alone for a while.
    """
    place = {"base_url": upstream.base_url, "model": "real", "retries": 0}
    cloud = {"backend": "openai", "api_key": "${UPSTREAM_KEY}", **place}
    box = {"backend": "openai_compatible", **place}
    pairs = [("cloud", "relayed", cloud), ("box", "translated", box)]
    return {
        "targets": {
            **{name: target for name, _, target in pairs},
            **{f"{name}-{fault}": target for name, _, target in pairs for fault in faults},
        },
        "routes": {
            **{way: {"targets": [name]} for name, way, _ in pairs},
            **{
                f"{way}-{fault}": {"targets": [f"{name}-{fault}"]}
                for name, way, _ in pairs
                for fault in faults
            },
            "either": {"targets": ["cloud", "box"]},
            "other-way": {"targets": ["box", "cloud"]},
        },
    }
