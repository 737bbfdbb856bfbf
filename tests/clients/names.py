"""What the routes of the gateway are called."""

CLAUDES = {
    "to-openai": "claude-sonnet-4-5-20250929",
    "to-anthropic": "claude-opus-4-1-20250805",
    "to-cohere": "claude-haiku-4-5-20251001",
}
"""Other names, for clients that look up by its name what a model can do."""
