"""Ollama's own chat API: requests to it, streams and answers from it."""
