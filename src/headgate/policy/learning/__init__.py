"""How a route learns which tier a request needs: what to explore, and when to start over."""
