"""`headgate.yaml` to typed settings."""
