"""CHECKS: the one list of everything that looks at a comment.

Rule: a check is a pure function of its Subject. It reads no database, no clock, no network.
"""
