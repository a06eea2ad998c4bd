"""Sentences in our own words for what the datasets lack, joined from parts by chance with a fixed seed."""
