"""Numbers the router and the planner share."""
