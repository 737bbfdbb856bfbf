"""Find personal data and say what it means for a request."""
