"""How quick the desk is with a hundred held comments and with ten thousand, on both databases."""
