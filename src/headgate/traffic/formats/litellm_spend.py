"""LiteLLM's spend logs: the table `LiteLLM_SpendLogs` as CSV, or `/spend/logs` as JSON.

`prompt_tokens` includes what was read from or written to the provider's cache.
"""

from headgate.traffic.format import Format, LeftOut

FORMAT = Format(
    name="litellm_spend",
    title="LiteLLM spend logs",
    marks=(
        ("request_id", "startTime", "prompt_tokens", "completion_tokens"),
        ("startTime", "spend", "model", "prompt_tokens", "completion_tokens"),
    ),
    at=("startTime",),
    input_tokens=("prompt_tokens",),
    output_tokens=("completion_tokens",),
    cache_read_tokens=(
        "metadata.additional_usage_values.cache_read_input_tokens",
        "metadata.additional_usage_values.prompt_tokens_details.cached_tokens",
        "metadata.usage_object.cache_read_input_tokens",
        "metadata.usage_object.prompt_tokens_details.cached_tokens",
        "cache_read_input_tokens",
    ),
    cache_write_tokens=(
        "metadata.additional_usage_values.cache_creation_input_tokens",
        "metadata.usage_object.cache_creation_input_tokens",
        "cache_creation_input_tokens",
    ),
    model=("model",),
    cost_usd=("spend",),
    lists=("data",),
    left_out=(
        LeftOut(
            names=("status", "metadata.status"), never=("failure",), reason="the request failed"
        ),
        LeftOut(
            names=("cache_hit",), never=("true",), reason="LiteLLM answered from its own cache"
        ),
    ),
)
