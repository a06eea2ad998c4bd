"""How fast the review desk answers a key: the whole service, a real browser, a hundred held comments."""
