"""Google's Gemini API, as a backend."""
