"""What a comment is: submissions, states, verdicts, storage, settings, the job's name.

Rule: no Flask, no checks, no RQ worker. `service` and `workers` meet only here.
"""
