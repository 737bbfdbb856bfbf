"""Any table with the tokens of each request, and perhaps more."""

from headgate.traffic.format import Format

FORMAT = Format(
    name="generic",
    title="Table of requests",
    marks=(
        ("input_tokens", "output_tokens"),
        ("prompt_tokens", "completion_tokens"),
        ("usage.input_tokens", "usage.output_tokens"),
        ("usage.prompt_tokens", "usage.completion_tokens"),
    ),
    at=("timestamp", "timestamp_ms", "time", "created_at", "created", "date", "at", "start_time"),
    input_tokens=(
        *("input_tokens", "prompt_tokens", "usage.input_tokens", "usage.prompt_tokens"),
        *("tokens_in", "context_tokens"),
    ),
    output_tokens=(
        *("output_tokens", "completion_tokens", "usage.output_tokens", "usage.completion_tokens"),
        *("tokens_out", "generated_tokens"),
    ),
    cache_read_tokens=(
        *("cached_tokens", "cache_read_tokens", "input_cached_tokens", "cache_read_input_tokens"),
        *("usage.prompt_tokens_details.cached_tokens", "usage.input_tokens_details.cached_tokens"),
    ),
    cache_write_tokens=("cache_write_tokens", "cache_creation_tokens"),
    requests=("requests", "num_requests", "request_count"),
    model=("model", "model_name"),
    cost_usd=("cost_usd", "cost"),
)
