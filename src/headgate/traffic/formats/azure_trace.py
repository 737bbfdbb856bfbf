"""Microsoft's public traces of its inference service, and files in their form."""

from headgate.traffic.format import Format

FORMAT = Format(
    name="azure_trace",
    title="Azure LLM inference trace",
    marks=(("TIMESTAMP", "ContextTokens", "GeneratedTokens"),),
    at=("TIMESTAMP", "arrival_timestamp"),
    input_tokens=("ContextTokens",),
    output_tokens=("GeneratedTokens",),
)
