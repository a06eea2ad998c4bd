"""Everything over HTTP: public API, forms, thread pages, review desk, health.

Rule: it never checks a comment; it keeps what came in, wakes the workers and shows what was decided.
"""
