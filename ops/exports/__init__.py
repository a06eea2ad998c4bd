"""Everything of a site as a file that others can read: JSON Lines, or WordPress's own export."""
