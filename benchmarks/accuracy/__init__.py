"""How right the shipped checks are: the bars, any labelled file, and peers, through the product's own run-time path.

Rule: nothing here is fitted, and no text of any dataset is written anywhere. docs/accuracy.md says how to read it.
"""
