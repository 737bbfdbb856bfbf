"""Cloud API or own hardware: what-if, pure; the same `estimate` code as the router's."""
