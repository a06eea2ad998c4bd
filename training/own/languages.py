"""Sentences in languages the product does not judge, so that "another language" is something the model has seen."""

import random
from collections.abc import Iterator

FOREIGN = {
    "fr": """je ne suis pas d'accord avec cet article;le gouvernement doit faire plus pour les familles
        merci pour ces informations;les élections auront lieu au mois de février
        c'est une très bonne nouvelle pour notre pays;il faut arrêter cette guerre
        nous avons attendu toute la journée devant la banque;pourquoi le prix du pain augmente encore
        quelle honte pour la ville;mon frère habite à dakar depuis trois ans
        les joueurs ont bien joué hier soir;on ne peut pas vivre avec ce salaire
        vous avez raison mais le problème est plus profond;personne ne nous écoute
        les enfants vont à l'école le matin""",
    "es": """no estoy de acuerdo con este artículo;el gobierno tiene que ayudar a la gente
        muchas gracias por la información;las elecciones serán en el mes de febrero
        es una noticia muy buena para nuestro país;hay que parar esta guerra ya
        esperamos todo el día delante del banco;por qué sube otra vez el precio del pan
        qué vergüenza para la ciudad;mi hermano vive en madrid desde hace tres años
        los jugadores jugaron bien anoche;con este sueldo no se puede vivir
        usted tiene razón pero el problema es más grande;nadie nos escucha
        los niños van a la escuela por la mañana""",
    "pt": """não concordo com este artigo;o governo precisa fazer mais pelas famílias
        muito obrigado pela informação;as eleições vão ser em fevereiro
        é uma notícia muito boa para o nosso país;é preciso acabar com esta guerra
        esperamos o dia inteiro na frente do banco;por que o preço do pão subiu de novo
        que vergonha para a cidade;o meu irmão mora em lisboa há três anos
        os jogadores jogaram bem ontem à noite;ninguém vive com este salário
        você tem razão mas o problema é maior;ninguém nos ouve;as crianças vão para a escola de manhã""",
    "de": """ich bin mit diesem artikel nicht einverstanden;die regierung muss mehr für die familien tun
        vielen dank für den bericht;die wahlen finden im februar statt
        das ist eine sehr gute nachricht für unser land;dieser krieg muss aufhören
        wir haben den ganzen tag vor der bank gewartet;warum wird das brot schon wieder teurer
        was für eine schande für die stadt;mein bruder wohnt seit drei jahren in berlin
        die spieler haben gestern gut gespielt;von diesem lohn kann niemand leben
        sie haben recht aber das problem liegt tiefer;niemand hört uns zu;die kinder gehen morgens zur schule""",
    "it": """non sono d'accordo con questo articolo;il governo deve fare di più per le famiglie
        grazie mille per le informazioni;le elezioni si terranno a febbraio
        è una bellissima notizia per il nostro paese;bisogna fermare questa guerra
        abbiamo aspettato tutto il giorno davanti alla banca;perché il prezzo del pane aumenta ancora
        che vergogna per la città;mio fratello vive a roma da tre anni;i giocatori hanno giocato bene ieri sera
        con questo stipendio non si vive;lei ha ragione ma il problema è più profondo;nessuno ci ascolta
        i bambini vanno a scuola la mattina""",
    "nl": """ik ben het niet eens met dit artikel;de regering moet meer doen voor gezinnen
        bedankt voor de informatie;de verkiezingen zijn in februari;dit is heel goed nieuws voor ons land
        deze oorlog moet stoppen;we hebben de hele dag voor de bank gewacht
        waarom wordt het brood alweer duurder;wat een schande voor de stad
        mijn broer woont al drie jaar in rotterdam;de spelers hebben gisteren goed gespeeld
        van dit loon kan niemand leven;u heeft gelijk maar het probleem zit dieper;niemand luistert naar ons
        de kinderen gaan 's ochtends naar school""",
    "sw": """sikubaliani na makala hii;serikali inapaswa kusaidia familia zaidi;asante sana kwa habari hizi
        uchaguzi utafanyika mwezi wa pili;hii ni habari njema kwa nchi yetu;vita hivi lazima vikome
        tulisubiri siku nzima mbele ya benki;kwa nini bei ya mkate imepanda tena;ni aibu kubwa kwa mji wetu
        ndugu yangu anaishi nairobi kwa miaka mitatu;wachezaji walicheza vizuri jana usiku
        hakuna anayetusikiliza;una haki lakini tatizo ni kubwa zaidi;watoto wanaenda shule asubuhi
        mshahara huu hautoshi kuishi""",
    "tr": """bu yazıya katılmıyorum;hükümet aileler için daha fazlasını yapmalı;bilgi için çok teşekkür ederim
        seçimler şubat ayında yapılacak;bu ülkemiz için çok iyi bir haber;bu savaş artık bitmeli
        bütün gün bankanın önünde bekledik;ekmek fiyatı neden yine arttı;şehir için büyük bir ayıp
        kardeşim üç yıldır ankarada yaşıyor;oyuncular dün gece iyi oynadı;bu maaşla kimse yaşayamaz
        haklısınız ama sorun daha derin;kimse bizi dinlemiyor;çocuklar sabah okula gidiyor""",
    "id": """saya tidak setuju dengan artikel ini;pemerintah harus membantu keluarga miskin
        terima kasih atas informasinya;pemilihan akan diadakan pada bulan februari
        ini kabar baik untuk negara kita;perang ini harus dihentikan;kami menunggu sepanjang hari di depan bank
        mengapa harga roti naik lagi;memalukan sekali untuk kota ini
        kakak saya tinggal di jakarta sejak tiga tahun lalu;para pemain bermain bagus tadi malam
        tidak ada yang mendengar kami;anda benar tetapi masalahnya lebih dalam
        anak anak pergi ke sekolah pagi hari;gaji ini tidak cukup untuk hidup""",
    "pl": """nie zgadzam się z tym artykułem;rząd musi zrobić więcej dla rodzin;bardzo dziękuję za informację
        wybory odbędą się w lutym;to bardzo dobra wiadomość dla naszego kraju;ta wojna musi się skończyć
        czekaliśmy cały dzień przed bankiem;dlaczego chleb znowu drożeje;co za wstyd dla miasta
        mój brat mieszka w warszawie od trzech lat;zawodnicy grali wczoraj dobrze;z tej pensji nikt nie wyżyje
        ma pan rację ale problem jest głębszy;nikt nas nie słucha;dzieci idą rano do szkoły""",
    "vi": """tôi không đồng ý với bài viết này;chính phủ phải giúp đỡ người dân nhiều hơn
        cảm ơn bạn đã chia sẻ thông tin;cuộc bầu cử sẽ diễn ra vào tháng hai;đây là tin rất tốt cho đất nước
        cuộc chiến này phải dừng lại;chúng tôi đã chờ cả ngày trước ngân hàng;tại sao giá bánh mì lại tăng
        thật là xấu hổ cho thành phố;anh trai tôi sống ở hà nội ba năm rồi;các cầu thủ đã chơi tốt tối qua
        không ai nghe chúng tôi;bạn nói đúng nhưng vấn đề sâu hơn;trẻ em đi học vào buổi sáng
        lương này không đủ sống""",
    "so": """kuma raacsani maqaalkan;dowladdu waa inay caawisaa qoysaska;aad baad ugu mahadsan tahay warka
        doorashadu waxay dhici doontaa bisha labaad;tani waa war wanaagsan;dagaalkan waa inuu joogsado
        maalintii oo dhan waxaan sugaynay bangiga;maxaa qiimaha rootiga kor ugu qaaday;waa ceeb magaalada
        walaalkay wuxuu degan yahay muqdisho saddex sano;ciyaartoydu si fiican bay u ciyaareen
        cidna nama maqasho;waad saxsan tahay laakiin dhibaatadu way ka weyn tahay
        carruurtu subaxdii bay iskuulka aadaan""",
    "ar": """لا أتفق مع هذا المقال;على الحكومة أن تساعد العائلات أكثر;شكرا جزيلا على المعلومات
        ستجرى الانتخابات في فبراير;هذا خبر جيد لبلدنا;يجب أن تتوقف هذه الحرب;انتظرنا طوال اليوم أمام البنك
        لماذا ارتفع سعر الخبز مرة أخرى""",
    "ru": """я не согласен с этой статьёй;правительство должно больше помогать семьям
        большое спасибо за информацию;выборы пройдут в феврале;это очень хорошая новость для страны
        эта война должна закончиться;нас никто не слушает""",
    "zh": """我不同意这篇文章;政府应该帮助更多的家庭;谢谢你的信息
        选举将在二月举行;这对我们国家是个好消息;这场战争必须停止""",
    "hi": "मैं इस लेख से सहमत नहीं हूँ;सरकार को परिवारों की मदद करनी चाहिए;जानकारी के लिए धन्यवाद;यह युद्ध रुकना चाहिए",
    "code": """for (int i = 0;i < n;i++) { sum += a[i];};if (x == null) return false
        npm install && npm run build;SELECT id, name FROM users WHERE id = 1;def f(x): return x * 2
        <div class="box"><p>&nbsp;</p></div>;const y = await fetch(url).then(r => r.json())
        {"id": 1, "ok": true};asdf qwer zxcv;qwrtp sdfgh xcvbn;lkjh gfds""",
}


def foreign(chance: random.Random, count: int) -> Iterator[str]:
    """Yield `count` texts of one to three sentences of one language, often only a part of them."""
    languages = [_sentences(listed) for listed in FOREIGN.values()]
    for number in range(count):
        sentences = languages[number % len(languages)]
        chosen = chance.sample(sentences, chance.choice((1, 2, 3)))
        words = chance.choice((". ", ", ", " ")).join(chosen).split()
        start = chance.randrange(max(1, len(words) - 4)) if chance.random() < 0.5 else 0
        end = start + chance.choice((3, 5, 8, len(words)))
        yield " ".join(words[start:end])


def _sentences(listed: str) -> list[str]:
    return [" ".join(part.split()) for line in listed.splitlines() for part in line.split(";") if part.strip()]
