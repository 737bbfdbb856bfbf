"""The life of a request: the only place where effects meet decisions."""
