"""Cohere's API, version 2: chat, embeddings and reranking, for clients and for backends."""
