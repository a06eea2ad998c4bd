"""The script for other pages: where it is made, how it is served, and what a site copies to have it."""
