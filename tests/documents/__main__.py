"""`make documents`: writes the parts of docs/ that are made from the code."""

from tests.documents.generated import DOCS, PARTS, current

if __name__ == "__main__":
    for name in PARTS:
        (DOCS / name).write_text(current(DOCS / name))
