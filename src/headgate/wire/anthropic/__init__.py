"""Anthropic's Messages: requests, answers, streams and errors."""
