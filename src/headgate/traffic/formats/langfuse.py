"""Langfuse observations: exported from its page, its API, or to a bucket.

Input is the sum of all usage whose name contains `input`, cached or not, as Langfuse shows it.
"""

from headgate.traffic.format import Format, LeftOut

CACHE_READS = "cached|cache_read"
CACHE_WRITES = "cache_creation|cache_write"

FORMAT = Format(
    name="langfuse",
    title="Langfuse observations",
    marks=(
        ("type", "startTime", "usageDetails"),
        ("type", "startTime", "inputUsage", "outputUsage"),
        ("type", "startTime", "usage"),
    ),
    at=("startTime",),
    input_tokens=("usageDetails{input}", "inputUsage", "usage.input", "promptTokens"),
    output_tokens=("usageDetails{output}", "outputUsage", "usage.output", "completionTokens"),
    cache_read_tokens=(f"usageDetails{{{CACHE_READS}}}",),
    cache_write_tokens=(f"usageDetails{{{CACHE_WRITES}}}",),
    model=("providedModelName", "model"),
    cost_usd=("costDetails.total", "totalCost", "calculatedTotalCost"),
    lists=("data",),
    left_out=(LeftOut(names=("type",), only=("GENERATION",), reason="no generation by a model"),),
)
