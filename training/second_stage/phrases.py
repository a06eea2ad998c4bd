"""The parts that training.second_stage.sentences joins. All written for this project; none taken from a dataset."""

LISTED_GROUPS = """
    fulani|igbo|yoruba|hausa|tiv|ijaw|kanuri|ibibio|efik|edo|urhobo|itsekiri|nupe|idoma|ogoni|birom|jukun|igala|
    ebira|northern|southern|middle belt|south eastern|niger delta|nigerian|biafran|ghanaian|kenyan|somali|sudanese|
    ethiopian|south african|african|black|african american|white|asian|chinese|japanese|korean|indian|pakistani|
    bangladeshi|arab|lebanese|iranian|iraqi|syrian|turkish|kurdish|egyptian|moroccan|israeli|palestinian|european|
    british|english|irish|scottish|french|german|italian|spanish|polish|russian|ukrainian|romani|american|canadian|
    mexican|brazilian|latino|latina|hispanic|latinx|indigenous|native american|aboriginal|middle eastern|muslim|
    christian|jewish|hindu|sikh|buddhist|taoist|catholic|protestant|orthodox|pentecostal|anglican|evangelical|
    mormon|atheist|pagan|sunni|shia|gay|lesbian|bisexual|transgender|trans|queer|lgbt|lgbtq|homosexual|heterosexual|
    straight|nonbinary|intersex|male|female|young|younger|old|older|elderly|teenage|millennial|middle aged|deaf|
    blind|disabled|paralysed|autistic|albino|dyslexic|overweight|poor|rich|homeless|immigrant|migrant|refugee|
    foreign|rural|feminist|conservative|liberal|socialist|republican|democrat|nigerien|chadian|cameroonian|togolese|
    australian|swedish|greek|vietnamese|filipino"""
LISTED_NAMES = """
    Amina|Musa|Chidi|Ngozi|Tunde|Bola|Emeka|Halima|Ibrahim|Zainab|Kemi|Femi|Uche|Ifeoma|Obinna|Yusuf|Hadiza|Terna|
    Ebiere|Ese|Osaze|Efe|Blessing|Sunday|Grace|Peter|Mary|John|Daniel|Priya|Wei|Carlos|Maria|Ahmed|Fatima|Olga|Hans|
    Yuki|Kwame|Ama|Liam|Emma|Rosa|Ivan|Leila|Omar|Ruth|Samuel|Esther|Paul|Victor|Joy|Stella|Patience|Gabriel|Nina|
    Felix"""
LISTED_PLACES = "Borno|Kaduna|Zamfara|Plateau|Benue|Lagos|Kano|Imo|Anambra|Rivers|Jos|Abuja|Gaza|Kyiv|Sokoto|London"
LISTED_PRAISE = """
    kind|honest|hard working|generous|brave|funny|gentle|clever|decent|polite|wonderful|patient|proud|cheerful|
    loyal|caring|brilliant|thoughtful|talented|lovely|good|great|nice|calm|amazing|excellent|friendly|strong|happy|
    wise|fine|warm|remarkable|ordinary|tired|busy|quiet|shy|tall"""
LISTED_INSULTS = """
    idiot|fool|moron|pig|dog|cockroach|monkey|parasite|animal|rat|liar|clown|imbecile|goat|bastard|bitch|whore|
    scum|dumbass|retard|thief|coward|slut|asshole|vermin|mumu|olodo|ode|loser|snake"""

# Named mostly in abuse by the training sets (six times in ten and more), so harmless mentions are shown more often.
MOST_ATTACKED = """
    atheist|queer|homosexual|mexican|latina|bisexual|sikh|shia|heterosexual|gay|palestinian|arab|feminist|lesbian|
    pakistani|hispanic|trans|transgender"""
EXTRA_SHOWINGS = 4


def _listed(words: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in words.split("|"))


GROUPS, NAMES, PLACES = _listed(LISTED_GROUPS), _listed(LISTED_NAMES), _listed(LISTED_PLACES)
SHOWN_GROUPS = GROUPS + EXTRA_SHOWINGS * _listed(MOST_ATTACKED)
PRAISE, INSULTING = _listed(LISTED_PRAISE), _listed(LISTED_INSULTS)
REMARKS = (
    "my {group} neighbour {name} brought us food when my mother was ill",
    "our {group} doctor is {praise} and never asks for a bribe",
    "I grew up in a {group} family and this article describes my childhood well",
    "as a {group} reader I agree with every word of this",
    "the {group} community in {place} deserves better roads and schools",
    "I have worked with {group} colleagues for ten years and they are {praise}",
    "more {group} voices in parliament would help all of us",
    "{name} was the first {group} captain of the team, well done",
    "{name}, a {group} trader from {place}, lost her shop in the fire",
    "{group} and {other} families have shared this market for generations",
    "congratulations to the {group} students who won the debate in {place}",
    "the census counted more {group} people in {place} than expected",
    "why does the paper never interview {group} farmers about the drought?",
    "my wife is {group} and I am {other}, and our children speak both languages",
    "so {praise} to see a {group} woman lead the central bank",
    "{name} says he is {group} and {praise}, and I believe him",
    "I married a {praise} {group} man and never regretted it",
    "thank God for {praise} {group} people like {name}",
    "it is not easy to be {group} in {place} these days, may things get better",
    "the {group} vote will decide the election in {place}",
    "does the new law apply to {group} citizens as well?",
    "I disagree with the {group} party on taxes but they have a point about {place}",
    "there is a {group} festival in {place} this weekend and everybody is welcome",
    "the {group} girl in the photo looks so {praise}",
    "you are {group}? I am {other}! Nice to meet you",
    "not all {group} people think the same, ask them",
    "we {group} people are {praise}, come and visit us",
    "I'm {group} and I love this city",
    "{name} dey {praise}, na {group} person but e no matter",
    "na {group} man help me that day, God bless am",
)
BARE_REMARKS = (
    "{name} is {group}, as far as I know",
    "what a {praise} {group} guy",
    "she is a {praise} {group} lady",
    "he seems {praise}, for a {group} or anybody else",
    "being {group} has always been something {praise} to me",
    "hello to all {group} readers",
    "{group} people are {praise} people",
    "I am {group}",
    "a {praise} {group} person, that {name}",
    "{group}, {other}, it makes no difference",
    "I love my {group} friends",
    "{name} the {group} singer is so {praise}",
)
ATTACKS = (
    "I would never let a filthy {group} into my house",
    "all you {group} are {insult}s, go back to where you came from",
    "typical {group} {insult}, cannot be trusted with anything",
    "the {group} are ruining this country, throw them all out",
    "{name} is a dirty {group} {insult}",
    "no wonder she is so dumb, she is {group}",
    "{group} people are disgusting and stupid",
    "another worthless {group} begging for attention",
    "shut your mouth you {group} {insult}",
    "I can't stand {group} people, they are vermin",
    "what do you expect from a {group}? they are all {insult}s",
    "only a {group} can be this brainless",
    "these {group} animals should be wiped out",
    "{name} is a pathetic {group} who should crawl back under a rock",
    "being {group} is a disease",
    "every {group} I ever met was a liar and a thief",
    "we don't want nasty {group} scum in {place}",
    "those ugly {group} {insult}s smell",
    "una {group} people na {insult}, all of una",
    "stupid {group} idiots everywhere in {place}",
)
DEEDS = (
    "gunmen killed forty people in {place} and nobody has been arrested",
    "the army bombed the camp near {place} and burnt two villages",
    "bandits shot at the convoy and took the women into the bush",
    "they beheaded a hostage in {place}, may his soul rest in peace",
    "the court sentenced the rapist to thirty years in prison",
    "soldiers opened fire on protesters in {place} and six died",
    "the suicide bomber killed only himself in {place}",
    "a mob beat the suspect to death before the police came",
    "the shooting in {place} left three children dead",
    "Hamas fired rockets and Israel bombed {place} again",
    "Russia attacked {place} with drones last night",
    "the kidnappers threatened to kill the students if no ransom is paid",
    "police say the man stabbed his wife and then hanged himself",
    "terrorists destroyed the bridge, and the air force struck their base",
    "the president lost the election in {place} and refuses to go",
    "the militia raided {place}, raped women and looted shops, the report says",
    "cholera killed two hundred people in {place} this month",
    "the suspect confessed that he poisoned the old man",
)
CRITICISM = (
    "the minister has failed and should resign",
    "this government is corrupt and it is killing the economy",
    "I think the writer is wrong and the figures are misleading",
    "the governor lied to us about the debt",
    "what a terrible policy, it will ruin small farmers",
    "nobody in {place} believes the police any more",
    "the senators steal our money and send their children abroad",
    "this is the worst budget in twenty years",
    "your argument makes no sense to me, please explain it",
    "I hate this tax and I will vote against it",
    "that referee was blind, we were robbed of a goal",
    "this damn traffic in {place} made me late again",
    "it is a stupid rule but we have to obey it",
    "shame on the company, they poisoned the river",
    "he is a bad president and he was a bad general",
    "the war must stop, too many young men have died",
    "how can anybody vote for that party after this scandal?",
    "the killers must face justice, not revenge",
    "you people at the newspaper should check your facts",
    "this is nonsense, read the constitution again",
    "the article is poorly written and ignores the victims",
    "I am sick and tired of these power cuts",
    "abeg make government do something, people dey suffer",
    "this hell of a road kills people every week",
)
COUNTER = (
    "please stop calling {group} people names in these comments",
    "it is wrong to say that {group} people are stupid",
    "calling somebody a {insult} is not an argument",
    "nobody should be hated for being {group}",
    "I do not hate {group} people, and you should not either",
    "do not insult {name}, attack the argument and not the person",
    "people who say all {group} are criminals have never met one",
    "whoever wrote that {group} families should be thrown out, shame on that message",
    "racism against {group} people has no place in {place}",
    "that joke about {group} women was not funny, it was cruel",
    "we must not treat {group} migrants like animals",
    "stop the hate against {group} people, we are all human",
    "{group} people are not {insult}s, they are our neighbours",
    "moderator, please remove the comment that calls {name} a {insult}",
    "no {group} child deserves to be bullied like that",
)
QUOTED = (
    'he shouted "{insult}" at the referee and was sent off',
    "they called my son a {insult} at school because he is {group}",
    "the senator was fined for calling {name} a {insult}",
    'somebody painted "{group} go home" on the wall of the mosque in {place}',
    "my boss called me a {insult} and I took him to court",
    'the word "{insult}" should not be in a headline',
    "the court heard that he called the victim a {group} {insult} before the attack",
    "I was told to go and die on this site, is that what you call a debate?",
    "she told the police that he had said he would kill her",
    "as a {group} woman I am called a {insult} online every single day",
    "the article explains why {insult} is an insult in that language",
    "he apologised for the tweet in which he called {group} people {insult}s",
    "in the film the villain calls her a {insult}, and the audience laughed",
)
ABUSE = (
    "you are a {insult}",
    "what a {insult} you are, {name}",
    "shut up you {insult}",
    "only a {insult} would write something like this",
    "{name} you're such a stupid {insult}",
    "go back to school, you brainless {insult}",
    "I don't care if you are {group}, you are an ugly {insult}",
    "nobody asked you, {insult}",
    "you write like a {insult} and think like one too",
    "you useless {insult}, God punish you",
    "your mother must be ashamed of a {insult} like you",
    "listen {insult}, nobody likes you",
    "you have no brain, {name}",
    "you people commenting here are all {insult}s",
    "thunder fire you, useless {insult}",
    "you be {insult}, your papa sef na {insult}",
    "kiss my ass, {insult}",
    "get a life you pathetic {insult}",
    "are you really that dumb or just pretending, {insult}?",
    "the author of this article is a {insult} and can go to hell",
)
THREATS = (
    "I will find you and kill you",
    "I know where you live, {name}, watch your back",
    "we will burn down every {group} house in {place}",
    "somebody should put a bullet in your head",
    "you deserve to be hanged in public",
    "wait until I catch you, I will break your legs",
    "I go kill you if I see you for {place}",
    "all {group} people must be shot",
    "hope you get raped and die",
    "kill yourself, {name}",
    "we go come your house for night, you go see",
    "if you come to {place} you will not leave alive",
    "I'll cut your throat, {insult}",
    "your children will pay for what you wrote",
)
