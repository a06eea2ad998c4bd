"""What checkers are asked in the tests."""

from workers.external.question import Question

QUESTION = Question("demo", 7, 2, "Ada Obi", "Wẹrẹ́ ni ẹ́, buy now", "Strikes", "https://news.example/strikes")
