"""What another policy would have done to past traffic: decided again, and simulated. Pure."""
