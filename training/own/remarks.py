"""The short things readers write all day, so that a greeting or a word of thanks is neither spam nor abuse."""

import random
from collections.abc import Iterator

REMARKS = """hello,hi,good morning,good evening,hello everyone,thanks,thank you,thanks for sharing,
    thanks for this report,
    nice one,well said,well written,great article,good article,nice article,great piece,interesting read,i agree,
    i do not agree,i disagree,true,very true,exactly,so true,so sad,this is sad,rest in peace,rip,congratulations,
    congrats to them,god bless you,god bless nigeria,amen,happy birthday,well done,good job,good news,bad news,
    this is wrong,that is not true,where is the source,source please,please fix the typo,first,ok,okay,yes,no,lol,haha,
    wow,what a goal,what a match,up super eagles,we move,no comment,i am not surprised,who is next,what happened,
    how much is fuel now,when is the election,is this confirmed,any update,can somebody explain,read the article again,
    my condolences to the family,please help them,may god help us,it is well,bitcoin is falling again,
    the bank raised its rate,i lost money on crypto,my loan application was refused,my doctor told me to rest,
    my pastor prayed for us,my husband lost his job,call the police,the number in the article does not work,
    subscribe to the print edition if you want it,i watched the video,which channel shows the match,
    the app keeps crashing,your website is slow today,the link in paragraph two is broken,i work from home on fridays"""
TAILS = """,!,.,...,?, o, please, sir, ma, everyone, from lagos, from abuja, as always, again"""


def remarks(chance: random.Random, count: int) -> Iterator[str]:
    """Yield `count` short remarks, alone or two together."""
    short, tails = [" ".join(part.split()) for part in REMARKS.split(",")], TAILS.split(",")
    for _ in range(count):
        first, second = chance.choice(short), chance.choice(short)
        yield chance.choice((first, first + chance.choice(tails), f"{first}. {second}", f"{first} {second}"))
