"""Mail: plain text, by SMTP, to one recipient at a time.

Whoever sends hands over an `Email` and a `Mail`; nothing here keeps, logs or repeats an address.
"""
