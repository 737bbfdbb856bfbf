"""OpenAI's usage: the dashboard's CSV, and pages of `/v1/organization/usage/completions`.

Both sum up the requests of a minute, an hour or a day. `input_tokens` includes cached ones.
"""

from headgate.traffic.format import Format, LeftOut

FORMAT = Format(
    name="openai_usage",
    title="OpenAI usage",
    marks=(("start_time", "num_model_requests", "input_tokens", "output_tokens"),),
    at=("start_time",),
    until=("end_time",),
    input_tokens=("input_tokens",),
    output_tokens=("output_tokens",),
    cache_read_tokens=("input_cached_tokens",),
    cache_write_tokens=("input_cache_write_tokens",),
    requests=("num_model_requests",),
    model=("model",),
    lists=("data", "results"),
    left_out=(
        LeftOut(
            names=("num_model_requests",), never=("", "0"), reason="the bucket has no requests"
        ),
    ),
)
