"""How the shipped models were trained. Reads datasets that are not in the repository; not in the image."""
