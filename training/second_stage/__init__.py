"""How the second stage was trained: a small transformer for the comments the first stage is in doubt about."""
