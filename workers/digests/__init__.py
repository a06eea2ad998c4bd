"""Digests: what waits at the desk, summed up for the newsroom now and then; never a message for each comment."""
