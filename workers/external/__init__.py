"""Checkers outside this installation, off by default: one signed HTTP protocol (docs/checkers.md), and Akismet.

Rule: neither an address nor a network goes out. Whatever goes wrong holds the comment, and no answer rejects one.
"""
