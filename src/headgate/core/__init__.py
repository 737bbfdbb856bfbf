"""Words everyone shares: requests, stream events, usage, errors and ports."""
