"""Notices: mails to authors who want to be told of replies. Only the notifier, its own process, opens addresses."""
