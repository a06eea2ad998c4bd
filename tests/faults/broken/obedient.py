"""The rig's obedient worker on the broken checks."""

from tests.faults import obedient
from tests.faults.broken import checks

if __name__ == "__main__":
    checks.break_them()
    obedient.main()
