"""Comments of other systems: a parser for each kind of file, one place where they wait, and the way into the store."""
