"""Imports from the real ones: `python -m tests.ops.imports wordpress` and `isso`. The results are kept in `recorded/`.

Each starts its own, fills it through its own doors, has us import what it gives out, and compares every comment.
"""

import argparse
import json
import sys
from pathlib import Path

from tests.ops.imports import real_isso, real_wordpress

RECORDED = Path(__file__).parent / "recorded"


def main() -> int:
    """Do what was asked for. Returns 1 when a comment is missing or not as it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.ops.imports", description=__doc__)
    parser.add_argument("which", choices=("wordpress", "isso"))
    parser.add_argument("--isso", type=Path, default=Path("isso"), help="the program, from `pip install isso`")
    given = parser.parse_args()
    result = real_wordpress.prove() if given.which == "wordpress" else real_isso.prove(given.isso)
    RECORDED.mkdir(exist_ok=True)
    path = RECORDED / f"{given.which}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(result, ensure_ascii=False)}\n{path}\n")
    return 0 if result["is_complete"] else 1


if __name__ == "__main__":
    sys.exit(main())
