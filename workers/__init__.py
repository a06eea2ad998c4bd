"""What happens after the reader has gone: the RQ worker, checks, the decision, the sweeper.

Rule: no HTTP comes in here, and no web framework is imported.
"""
