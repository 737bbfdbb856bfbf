"""Headgate's own `headgate ledger --csv` and `--json`: every attempt that answered."""

from headgate.traffic.format import Format, LeftOut

FORMAT = Format(
    name="headgate",
    title="Headgate ledger",
    marks=(
        ("decision_id", "outcome", "input_tokens", "output_tokens", "cost_basis"),
        ("target", "provider", "outcome", "started_at", "cost_basis"),
    ),
    at=("attempt_at", "started_at"),
    input_tokens=("usage.input_tokens", "input_tokens"),
    output_tokens=("usage.output_tokens", "output_tokens"),
    cache_read_tokens=("usage.cache_read_tokens", "cache_read_tokens"),
    cache_write_tokens=("usage.cache_write_tokens", "cache_write_tokens"),
    model=("model",),
    cost_usd=("cost_usd",),
    lists=("decisions", "attempts"),
    left_out=(
        LeftOut(names=("outcome",), only=("answered",), reason="the attempt did not answer"),
    ),
)
