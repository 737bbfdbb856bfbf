"""What a disguised text says: escapes undone, encoded runs decoded, wrapped lines joined."""
