"""The small news site that `make run` shows."""
