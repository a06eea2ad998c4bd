"""The access file: all that is kept of an author, as the command prints it and a reader gets it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime


def written_out(asked_at: datetime, sites: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """Return as JSON what the store's `rights` found on each site; a site without comments is left out."""
    told = {"asked_at": asked_at, "sites": {key: comments for key, comments in sites.items() if comments}}
    return json.dumps(told, default=datetime.isoformat, ensure_ascii=False, indent=2) + "\n"
