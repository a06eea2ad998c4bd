"""`python -m benchmarks.speed.poster URL RATE SECONDS`: post so many comments a second, whatever comes back.

Prints a JSON list of [comment id, when it was due] in seconds of the machine's monotonic clock: a comment that had to
wait for its turn has waited. Who is refused is [0, when].
"""

import http.client
import itertools
import json
import random
import sys
import threading
import time
from urllib.parse import urlsplit

from benchmarks.peers.seed import WORDS_EACH, read_words

SENDERS = 16
ARTICLES = 20
_WORDS = read_words()


def a_body(chance: random.Random, number: int) -> dict[str, object]:
    """Return a comment with words and an author that no other has."""
    article = f"load-{chance.randrange(ARTICLES) + 1}"
    thread = {"key": article, "url": f"https://news.example/{article}", "title": article}
    text = f"{' '.join(chance.choices(_WORDS, k=WORDS_EACH))} {number}."
    name, email = f"Poster {number}", f"poster{number}@example.org"
    return {"site": "demo", "thread": thread, "name": name, "email": email, "text": text}


def main(url: str, rate: float, seconds: float) -> None:
    """Post and print."""
    address = urlsplit(url).netloc
    numbers, begins_at = itertools.count(), time.monotonic() + 0.5
    posted: list[tuple[int, float]] = []
    # Numbers that no other run of this has.
    first = time.time_ns() // 1_000_000

    def send() -> None:
        connection = http.client.HTTPConnection(address, timeout=30)
        chance = random.Random()
        while (number := next(numbers)) < rate * seconds:
            due_at = begins_at + number / rate
            time.sleep(max(0.0, due_at - time.monotonic()))
            body = json.dumps(a_body(chance, first + number)).encode()
            connection.request("POST", "/api/v1/comments", body, {"Content-Type": "application/json"})
            with connection.getresponse() as answer:
                told = json.loads(answer.read())
            posted.append((told["id"] if answer.status == 202 else 0, due_at))

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    print(json.dumps(posted))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
