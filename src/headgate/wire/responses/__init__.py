"""OpenAI's Responses API: requests, answers, streams and errors."""
