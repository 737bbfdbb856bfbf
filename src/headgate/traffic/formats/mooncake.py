"""Moonshot's public traces of Kimi: lengths, arrival in milliseconds, hashes of prefix blocks."""

from headgate.traffic.format import Format

FORMAT = Format(
    name="mooncake",
    title="Mooncake trace",
    marks=(("timestamp", "input_length", "output_length", "hash_ids"),),
    at=("timestamp",),
    input_tokens=("input_length",),
    output_tokens=("output_length",),
    prefix_blocks=("hash_ids",),
    counts_ms=True,
    notes=("Prefix hits are what an unbounded cache of 512-token blocks would have had",),
)
