"""What readers write under news of war, crime and politics without abusing anybody, and threats for contrast."""

import random
from collections.abc import Iterator

ACTORS = """the army,the police,boko haram,bandits,gunmen,the militia,iswap,the rebels,troops,the president,
    the governor,the senate,inec,the opposition,apc,pdp,the labour party,the court,the soldiers,unknown gunmen,
    herders,kidnappers,the navy,protesters,the union,the minister,the air force,hamas,israel,russia,ukraine,
    the taliban,the terrorists"""
DEEDS = """killed dozens in the attack,burnt three villages,shot at the convoy,kidnapped forty students,
    bombed the market,lost the election,rejected the budget,declared a curfew,freed the hostages,
    arrested the suspects,denied the killings,blocked the road,raided the camp,promised to end the war,
    stabbed two traders,signed the peace deal,buried the victims,sued the governor,demanded a recount,
    ambushed the patrol,raised the fuel price,cut the power supply,executed the prisoners,beheaded a hostage,
    destroyed the bridge,raped women in the camp according to the report,dropped bombs on the city,
    fired tear gas at the crowd"""
PLACES = """Borno,Kaduna,Zamfara,Plateau,Benue,Lagos,Kano,Imo,Anambra,Rivers,Maiduguri,Jos,Owerri,Abuja,Gaza,
    Kyiv,Sokoto,Katsina,Niger State,Enugu,Ibadan,Port Harcourt,Makurdi,Yobe,Taraba,Delta,Khartoum,Goma"""
OPINIONS = """this is a terrible policy and it will fail,the government must do better,
    may their souls rest in peace,i disagree with the writer,who will pay for this,the minister should resign,
    we are tired of this killing,this is sad news for the families,the figures in this article are wrong,
    nobody has been charged yet,please publish the full report,corruption is killing this country,
    the suspect deserves a fair trial,i voted for him and i am disappointed,this war has to stop,
    it is a disaster for farmers,the attack was evil and the victims need help,he lied to voters about the debt,
    that argument makes no sense to me,they shot my uncle in 2014 and nobody was arrested,i hate this law,
    it is a stupid rule but we must obey it,the damn generator woke me again,
    what a poor decision by the referee,i am sick of the traffic,the black market rate went up again,
    violence is never the answer,the death toll is now higher"""
QUOTES = """calling somebody an idiot is not an argument,please stop calling people fools in these comments,
    the word slut should not be in a headline,he was called a cockroach and he wants an apology,
    my son was called a retard at school and it broke my heart,nobody should be told to go and die,
    the senator was fined for saying bitch in the chamber,they wrote kill all of them on the wall of our church,
    the article explains why monkey is a racist insult,hate speech like that has no place here"""
THREATS = """i will kill you,i will find you and kill you,we know where you live,you will die like a dog,
    i am coming to your house to beat you,we will burn your house down,i will cut off your head,watch your back,
    somebody should shoot you,you deserve to be hanged,i will slaughter your family,wait till i catch you,
    i go kill you,we go burn una house,i will break your legs,you will not live to see tomorrow,
    they should be lined up and shot,i will rape you,your children will pay for this,i will put a bullet in you,
    kys,go and die,kill yourself"""


def benign(chance: random.Random, count: int) -> Iterator[str]:
    """Yield `count` remarks about hard news, all fit to print."""
    actors, deeds, places = _phrases(ACTORS), _phrases(DEEDS), _phrases(PLACES)
    opinions, quotes = _phrases(OPINIONS), _phrases(QUOTES)
    for _ in range(count):
        report = f"{chance.choice(actors)} {chance.choice(deeds)} in {chance.choice(places)}"
        opinion = chance.choice(opinions)
        yield chance.choice((report, f"{report}. {opinion}", opinion, f"{opinion}. {report}", chance.choice(quotes)))


def threats(chance: random.Random, count: int) -> Iterator[str]:
    """Yield `count` threats against the reader."""
    threatening, opinions = _phrases(THREATS), _phrases(OPINIONS)
    for _ in range(count):
        threat = chance.choice(threatening)
        yield chance.choice((threat, f"{threat}!", f"{chance.choice(opinions)}. {threat}", f"you liar, {threat}"))


def _phrases(listed: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in listed.split(",")]
