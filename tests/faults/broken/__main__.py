"""The product, broken on purpose: `python -m tests.faults.broken web|worker`. A rig that passes this is broken itself.

What is broken stands in REPLYDESK_RIG_BROKEN, which nothing but this package reads.
"""

import ops.web
from ops.cli import main
from tests.faults.broken import acceptance, checks

if __name__ == "__main__":
    ops.web.TARGET = f"{acceptance.__name__}:build_bridge"  # granian's processes import it for themselves
    checks.break_them()
    main()
