"""What a site's own moderators teach: two small models for each site, for spam and for abuse.

Each learns three ways and trusts the one that was least surprised by the last 500 decisions: naive Bayes on the words,
logistic regression on the words and the shipped model's log-odds, and the shipped model calibrated to the site. Where
the shipped model is blind, naive Bayes stands alone. Nothing is said before 30 approvals and 30 rejections.

Rule: only `job` meets the store; everything else is arithmetic on its arguments. One site's model never sees another's.
"""
