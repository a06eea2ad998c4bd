"""Who may come to the review desk: passwords, sessions, forged forms, and guessing made slow."""
