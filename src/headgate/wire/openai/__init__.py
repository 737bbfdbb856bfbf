"""OpenAI's chat, completions and embeddings: requests, answers, streams and errors."""
