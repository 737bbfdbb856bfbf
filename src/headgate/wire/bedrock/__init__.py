"""The Converse API of AWS Bedrock, as a backend."""
