"""What an operator runs: the `replydesk` command line, the supervisor, doctor.

The only package that may import all the others.
"""
