"""Who and what a text mentions: people, places, organizations, read off names and context."""
