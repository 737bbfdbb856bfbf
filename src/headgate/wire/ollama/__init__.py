"""Ollama's own API: what its clients ask and are answered, what its servers are asked and say."""
