"""Comment spam as Nigerian news sites get it: loans, spell casters, crypto doubling, recovery agents, betting."""

import random
from collections.abc import Iterator

OPENINGS = """hello everyone,good day,i never believed in this until now,my testimony,attention,
    greetings to the general public,i am so happy today,are you in need of money,
    have you lost your money to scammers,is your husband leaving you,i want to thank this great man,
    breaking good news,hi viewers,do you want to be rich,i was broke and in debt,thank you for this post,
    nice article,great blog"""
OFFERS = """
    we offer a guaranteed loan at 2% interest without collateral
    apply now for an urgent business loan and get approved within 24 hours
    dr {name} is a powerful spell caster who brought back my ex husband in 48 hours
    the great doctor {name} cured my herpes with his herbal medicine
    prophet {name} gave me winning lottery numbers and i won the mega millions
    invest 50,000 naira today and earn 150,000 naira in 3 days
    double your bitcoin in 24 hours with my trusted account manager {name}
    i started with $500 and i now make $6,500 every week trading forex and crypto with expert {name}
    {name} recovery agent helped me to get back all my stolen bitcoin
    contact this genuine hacker to recover your lost funds and hack any phone
    get your blank atm card that can withdraw 5,000 dollars every day
    join the illuminati brotherhood today and become rich and famous
    work from home and earn 20k daily with your phone, no experience needed
    buy original degree certificates, passport and driving licence without stress
    sure odds for today, 100% fixed matches, join our vip betting channel
    cheap data: 10gb for 1,500 naira, all networks
    natural pills for manhood enlargement and weak erection, we deliver nationwide
    rich sugar mummy in lagos is ready to pay you 200,000 naira every week
    lose 10 kg in two weeks with this slimming tea
    we sell followers, likes and views at cheap price
    hot girls are waiting for you, no sign up, click here
    buy viagra and cialis online at the lowest price
    best seo service, get your site to the first page of google with quality backlinks
    check out my channel and subscribe, i will subscribe back
    download the full movie free here
    claim your free airtime and giveaway now before it ends
    this site pays you for reading news, register with my link
    visit our online casino for free spins and a welcome bonus
"""
CLOSINGS = """
    whatsapp {phone}
    call or whatsapp him on {phone}
    contact him via email {name}{digits}@gmail.com
    add up on telegram @{name}{digits}
    click here http://{name}{digits}.{ending}/win
    visit www.{name}-{noun}.{ending}
    apply at https://bit.ly/{name}{digits}
    dm me now on whatsapp {phone}
    join here t.me/{name}{noun}
    text {phone} for more details
    email: {name}{noun}@yahoo.com or whatsapp {phone}
    {name}{noun}.{ending}
"""
NAMES = (
    "osas,iyare,frank,james,ozil,akhere,kelvin,mrs maria,moses,godwin,adams,steve,wilson,sandra,ehis,bello,daniel,jude"
)
NOUNS = "loans,spells,trade,fx,invest,cure,tips,bets,data,market,capital,herbal,wealth,hack,mining,deals,shop,jobs"
ENDINGS = "com,net,xyz,top,info,online,site,club,com.ng,ng,live,shop"


def spam(chance: random.Random, count: int) -> Iterator[str]:
    """Yield `count` spam comments, half of them with a way to get in touch."""
    openings, offers, closings = OPENINGS.split(","), _lines(OFFERS), _lines(CLOSINGS)
    for _ in range(count):
        opening = " ".join(chance.choice(openings).split())
        offer, closing = chance.choice(offers), chance.choice(closings)
        pattern = chance.choice((offer, f"{offer}. {closing}", f"{opening}, {offer}. {closing}", f"{opening}. {offer}"))
        yield pattern.format(
            name=chance.choice(NAMES.split(",")),
            noun=chance.choice(NOUNS.split(",")),
            ending=chance.choice(ENDINGS.split(",")),
            digits=chance.randrange(1000),
            phone=f"{chance.choice(('+234', '0', '+1', '+44'))}{chance.randrange(10**9, 10**10)}",
        )


def _lines(listed: str) -> list[str]:
    return [line.strip() for line in listed.strip().splitlines()]
