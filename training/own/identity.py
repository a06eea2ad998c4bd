"""Benign and abusive sentences that name a group: the same ones for every group, so that no name weighs anything."""

import random
from collections.abc import Iterator

NIGERIAN_GROUPS = """fulani,igbo,yoruba,hausa,tiv,ijaw,kanuri,ibibio,efik,edo,urhobo,itsekiri,nupe,idoma,ogoni,
    birom,jukun,igala,gwari,northern,southern,northerner,southerner,middle belt,south east,niger delta,nigerian,
    biafran,arewa,lagosian,almajiri,hijabi,pentecostal,anglican,deeper life,traditional worshipper,
    sharia believer,ipob member,herder,farmer,hausa fulani,kano indigene,lagos settler,okada rider,area boy"""
WORLD_GROUPS = """muslim,christian,jewish,jew,hindu,sikh,buddhist,taoist,catholic,protestant,orthodox,
    evangelical,mormon,atheist,pagan,secular,religious,black,white,asian,african,african american,american,arab,
    latino,latina,hispanic,mexican,chinese,indian,pakistani,japanese,korean,iranian,iraqi,syrian,turkish,somali,
    ghanaian,kenyan,south african,european,british,english,irish,french,german,polish,russian,ukrainian,
    canadian,middle eastern,israeli,palestinian,roma,gypsy,indigenous,native,immigrant,migrant,refugee,
    foreigner,gay,lesbian,bisexual,transgender,trans,queer,lgbt,lgbtq,homosexual,heterosexual,straight,
    nonbinary,intersex,cisgender,male,female,man,woman,girl,boy,feminist,housewife,widow,single mother,old,
    older,elderly,young,younger,teenage,teenager,middle aged,millennial,blind,deaf,disabled,paralysed,paralyzed,
    autistic,albino,wheelchair user,dyslexic,epileptic,overweight,poor,rich,homeless,conservative,liberal,
    socialist,communist,republican,democrat"""
NAMES = """Amina,Musa,Chidi,Ngozi,Tunde,Bola,Emeka,Halima,Ibrahim,Zainab,Kemi,Femi,Sade,Uche,Ifeoma,Obinna,
    Yusuf,Hadiza,Danjuma,Terna,Ebiere,Tamuno,Ese,Osaze,Efe,Blessing,Sunday,Grace,Peter,Mary,John,Sarah,David,
    Laura,Daniel,Priya,Wei,Carlos,Maria,Ahmed,Fatima,Olga,Hans,Yuki,Kwame,Ama,Liam,Emma,Noah,Rosa,Ivan,Leila,
    Omar,Ruth,Samuel,Esther,Paul,Judith,Victor,Joy,Collins,Stella,Patience,Gabriel,Abel,Dora,Felix,Nina,Ọlá,
    Ṣadé,Đorđe,Øystein,محمد,Дмитрий,小明,지민,Ngũgĩ,Zoë,José,Şule"""
KIND = """good,great,kind,honest,gentle,brave,friendly,generous,polite,hard working,clever,brilliant,thoughtful,
    cheerful,lovely,nice,caring,wise,proud,respectful,loyal,patient,decent,gracious,excellent,wonderful,amazing,
    best,calm,talented,funny,beautiful,humble,warm,sweet,responsible,helpful,faithful,strong,happy,quiet,busy,
    tall,retired,admirable,respected,successful,popular,gifted,peaceful,sincere,modest,fantastic,charming,
    devoted,dear,fine,splendid,terrific,delightful,sensible,hopeful,trusted,creative,courageous,careful,famous,
    ordinary,typical,new"""
CRUEL = """stupid,filthy,disgusting,worthless,ugly,dumb,idiotic,pathetic,vile,dirty,retarded,moronic,lying,evil,
    shitty,brainless,useless,nasty,horrible,repulsive,despicable,miserable,ignorant,smelly,rotten,foolish,
    wicked,lousy,crappy,hateful,damned,bloody,fucking,goddamn,lazy,greedy,sick,awful,terrible,revolting,
    cowardly,good for nothing"""

BENIGN = (
    "{name} is a {kind} {group}",
    "{name} is {group}",
    "{name} is {kind} and {group}",
    "{name} is a {kind} {group} person",
    "being {group} is {kind}",
    "my {kind} {group} neighbour came to greet us",
    "i am {group} and i am {kind}",
    "{group} people are {kind}",
    "{name} grew up in a {group} family",
    "we thank the {kind} {group} teacher who helped {name}",
    "many {group} readers wrote to us about the budget",
    "the {group} community held a meeting with the governor",
    "{name} married a {kind} {group}",
    "the {group} students won the debate",
    "as a {group} i agree with this article",
    "there should be more {group} voices in the senate",
    "i love being {group}",
    "i respect every {group} i have met",
    "hug a {group}",
    "{group} and {other} traders share this market",
    "the report says {group} families lost their homes in the flood",
    "he is {group}, she is {other}, they are {kind} neighbours",
    "{name}, a {group} farmer, told our reporter that the rains came late",
    "why do people insult the {group}? they are {kind}",
    "nobody should be attacked for being {group}",
    "{group}",
    "{kind} {group}",
)
ABUSIVE = (
    "{name} is a {cruel} {group}",
    "{name} is {cruel} and {group}",
    "{name} is a {cruel} {group} person",
    "being {group} is {cruel}",
    "{group} people are {cruel}",
    "you are a {cruel} {group}",
    "shut up you {cruel} {group}",
    "i hate every {cruel} {group}",
    "all these {cruel} {group} should leave our country",
    "these {group} are {cruel} animals",
    "{cruel} {group}",
)


def benign(chance: random.Random, count: int) -> Iterator[str]:
    """Yield `count` sentences without abuse; every group turns up equally often."""
    yield from _filled(chance, count, BENIGN)


def abusive(chance: random.Random, count: int) -> Iterator[str]:
    """Yield `count` abusive sentences; every group turns up equally often."""
    yield from _filled(chance, count, ABUSIVE)


def groups() -> list[str]:
    """Return the groups named, each once."""
    return list(dict.fromkeys(_words(NIGERIAN_GROUPS) + _words(WORLD_GROUPS)))


def _filled(chance: random.Random, count: int, patterns: tuple[str, ...]) -> Iterator[str]:
    named, names, kind, cruel = groups(), _words(NAMES), _words(KIND), _words(CRUEL)
    for number in range(count):
        yield chance.choice(patterns).format(
            group=named[number % len(named)],
            other=chance.choice(named),
            name=chance.choice(names),
            kind=chance.choice(kind),
            cruel=chance.choice(cruel),
        )


def _words(listed: str) -> list[str]:
    return [" ".join(word.split()) for word in listed.split(",")]
