"""How long a reader's browser computes for one comment, where a site asks for a proof of work."""
