"""Webhooks: the sites' own receivers are told what was decided, signed as the Standard Webhooks specification says."""
