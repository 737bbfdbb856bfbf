"""Numbers as people write them."""

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def dollars(usd: float) -> str:
    """`$1,234`, with cents below a hundred."""
    return f"${usd:,.0f}" if abs(usd) >= 100 else f"${usd:,.2f}"


def tokens_in_words(tokens: float) -> str:
    """`2.5M`."""
    for size, letter in _SCALES:
        if tokens >= size:
            return f"{tokens / size:.3g}{letter}"
    return f"{tokens:.0f}"


def value_in_words(value: float, unit: str) -> str:
    """An input's value with its unit."""
    if unit == "factor":
        return f"{value:.2f} × the usual"
    if unit.startswith("share"):
        return f"{value:.1%}"
    if unit.startswith("usd_per_kwh"):
        return f"${value:.3f} per kWh"
    if unit.startswith("usd_per_hour"):
        return f"${value:.2f} an hour"
    if unit.startswith("usd"):
        return dollars(value)
    return f"{value:.3g} {unit.replace('_', ' ')}"


def read_number(text: str) -> float | None:
    """`2.5M`, `1e6`, `10,000` as a number; `None` when it is none."""
    written = text.strip().replace(",", "").replace("_", "").replace(" ", "")
    scales = {letter.lower(): size for size, letter in _SCALES}
    factor = scales.get(written[-1:].lower(), 1.0)
    try:
        return float(written[:-1] if factor != 1.0 else written) * factor
    except ValueError:
        return None
