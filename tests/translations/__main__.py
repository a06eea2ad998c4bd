"""Brings every catalogue up to date and lists what native readers should see; `make messages` calls it."""

from service.language import DOMAINS
from tests.translations.catalogues import REVIEW_LIST, TRANSLATED, brought_up_to_date, review_list, source

for code in TRANSLATED:
    for domain in DOMAINS:
        if source(code, domain).exists():
            source(code, domain).write_text(brought_up_to_date(code, domain), encoding="utf-8")
REVIEW_LIST.write_text(review_list(), encoding="utf-8")
