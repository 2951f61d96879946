"""Filled-in templates: how many pairs of letters, weather reports and match reports pass as copies of each other.

Each template is filled a dozen times with other names, places, numbers and dates, in eight languages; three of them
hold nothing but names, two nothing but one name throughout. No two fillings say the same. Each kind lies alone in a collection of its own, as a first user has them, and all in one run. Beside
them stands a copy of every first filling in which every eighth word is dropped: that one is to be found. Nothing here
was trained on.

usage: python benchmarks/dedup_templates.py [--pairs]
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Sequence
from itertools import combinations

from scrubkit.dedup import find_duplicates

FILLINGS = 12

NAMES = {
    "en": "Ashford Brinley Calder Dunmore Eastwick Farley Grantham Holbrook Ipsden Kelham Langport Marlow Norcott Otley",
    "de": "Ahlen Brakel Coswig Detmold Erkner Freital Gronau Herford Itzehoe Jever Kamen Lahnstein Meppen Nienburg",
    "fr": "Aubenas Bressuire Castres Dinan Evron Foix Gaillac Hyères Issoire Joigny Lannion Mayenne Nyons Orthez",
    "es": "Alcoy Baeza Calpe Dénia Elda Fraga Getafe Huelva Inca Jaca Lorca Mérida Nerja Ocaña",
    "ru": "Абакан Балаково Вологда Гатчина Дубна Елец Жуков Зарайск Ижевск Калуга Липецк Муром Невель Орёл",
    "ar": "أسوان بنغازي تطوان جرجيس حائل دمياط رفح سبها صفاقس طرابلس عدن غزة قنا مراكش",
    "ko": "가평 나주 담양 밀양 보령 삼척 안동 양평 영월 제천 진주 청송 춘천 홍천",
    "tr": "Adana Bartın Çorum Düzce Edirne Fatsa Giresun Hopa Iğdır Kars Lüleburgaz Manisa Niğde Ordu",
}

TEMPLATES = {
    "en weather": "Weather for {n} and the surrounding area on {d}. The day begins with fog in the valleys, which clears "
    "by {h} o'clock. In the afternoon the sun shines for {k} hours, with a high of {t} degrees in {n} and {t} degrees "
    "in {n}. The wind blows from the west at {k} kilometres an hour, with gusts of up to {b} in the hills. Overnight "
    "the temperature falls to {t} degrees. The chance of rain is {p} per cent.",
    "en match": "{n} beat {n} by {k} goals to {k} in front of {b} spectators on {d}. {n} opened the scoring in minute "
    "{p} after a corner, and {n} made it two before the break. The visitors came back through a penalty in minute {p}, "
    "but their goalkeeper {n} could do nothing about the last goal. The team is now in place {k} of the table with {p} "
    "points and travels to {n} next week.",
    "en letter": "Dear Mr {n}, thank you for your order number {b} of {d}. We have sent {k} parcels to your address in "
    "{n} today, and they should arrive within {k} working days. The amount of {b} dollars will be charged to your "
    "account on {d}. If you have any questions, please call our office in {n} between {h} and {h} o'clock and ask for "
    "Mrs {n}. We look forward to hearing from you again.",
    "de weather": "Das Wetter für {n} und Umgebung am {d}. Der Tag beginnt mit Nebel in den Tälern, der sich bis {h} Uhr "
    "auflöst. Am Nachmittag scheint die Sonne {k} Stunden lang, bei Höchstwerten von {t} Grad in {n} und {t} Grad in "
    "{n}. Der Wind weht mit {k} Kilometern in der Stunde aus Westen, auf den Höhen mit Böen bis {b}. In der Nacht sinkt "
    "die Temperatur auf {t} Grad. Die Wahrscheinlichkeit für Regen beträgt {p} Prozent.",
    "de match": "{n} hat {n} vor {b} Zuschauern am {d} mit {k} zu {k} besiegt. {n} brachte die Gastgeber in Minute {p} "
    "nach einer Ecke in Führung, {n} erhöhte noch vor der Pause. Die Gäste kamen durch einen Elfmeter in Minute {p} "
    "heran, doch ihr Torwart {n} war beim letzten Treffer machtlos. Die Mannschaft steht nun mit {p} Punkten auf Platz "
    "{k} der Tabelle und fährt nächste Woche nach {n}.",
    "de letter": "Sehr geehrter Herr {n}, vielen Dank für Ihre Bestellung Nummer {b} vom {d}. Wir haben heute {k} Pakete "
    "an Ihre Anschrift in {n} geschickt, sie sollten innerhalb von {k} Werktagen eintreffen. Den Betrag von {b} Euro "
    "buchen wir am {d} von Ihrem Konto ab. Bei Fragen rufen Sie bitte zwischen {h} und {h} Uhr unser Büro in {n} an und "
    "verlangen Frau {n}. Wir freuen uns darauf, wieder von Ihnen zu hören.",
    "fr weather": "La météo pour {n} et ses environs le {d}. La journée commence par du brouillard dans les vallées, qui "
    "se dissipe avant {h} heures. Le soleil brille pendant {k} heures dans la journée, avec {t} degrés au plus à {n} et "
    "{t} degrés à {n}. Le vent souffle de l'ouest à {k} kilomètres par heure, avec des rafales jusqu'à {b} sur les "
    "hauteurs. Dans la nuit la température descend à {t} degrés. Le risque de pluie est de {p} pour cent.",
    "fr match": "{n} a battu {n} par {k} buts à {k} devant {b} spectateurs le {d}. {n} a ouvert la marque à la minute "
    "{p} sur un corner, et {n} a doublé la mise avant la pause. Les visiteurs sont revenus grâce à un penalty à la "
    "minute {p}, mais leur gardien {n} ne pouvait rien sur le dernier but. L'équipe est maintenant à la place {k} du "
    "classement avec {p} points et se déplace à {n} la semaine prochaine.",
    "es weather": "El tiempo en {n} y sus alrededores el {d}. El día comienza con niebla en los valles, que desaparece "
    "antes de las {h} horas. Por la tarde el sol brilla durante {k} horas, con máximas de {t} grados en {n} y de {t} "
    "grados en {n}. El viento sopla del oeste a {k} kilómetros por hora, con rachas de hasta {b} en las alturas. "
    "Durante la noche la temperatura baja a {t} grados. La probabilidad de lluvia es del {p} por ciento.",
    "es letter": "Estimado señor {n}: gracias por su pedido número {b} del {d}. Hoy hemos enviado {k} paquetes a su "
    "dirección en {n}, que deberían llegar en un plazo de {k} días laborables. El importe de {b} euros se cargará en su "
    "cuenta el {d}. Si tiene alguna pregunta, llame a nuestra oficina en {n} entre las {h} y las {h} horas y pregunte "
    "por la señora {n}. Esperamos volver a tener noticias suyas.",
    "ru weather": "Погода в городе {n} и окрестностях на {d}. День начнётся с тумана в низинах, который рассеется к {h} "
    "часам. Во второй половине дня солнце будет светить {k} часов, воздух прогреется до {t} градусов в городе {n} и до "
    "{t} градусов в городе {n}. Ветер западный, {k} километров в час, на возвышенностях порывы до {b}. Ночью "
    "температура опустится до {t} градусов. Вероятность дождя составляет {p} процентов.",
    "ru match": "Команда {n} победила команду {n} со счётом {k} на {k} на глазах {b} зрителей, матч прошёл {d}. {n} "
    "открыл счёт на минуте {p} после углового, а {n} удвоил преимущество перед перерывом. Гости отыграли один мяч с "
    "пенальти на минуте {p}, но их вратарь {n} ничего не смог сделать с последним ударом. Команда занимает место {k} в "
    "таблице, у неё {p} очков, на следующей неделе она играет в городе {n}.",
    "tr weather": "{n} ve çevresi için {d} hava durumu. Gün vadilerde sisle başlıyor, sis saat {h} civarında dağılıyor. "
    "Öğleden sonra güneş {k} saat boyunca görünüyor, en yüksek sıcaklık {n} merkezinde {t} derece, {n} ilçesinde {t} "
    "derece oluyor. Rüzgâr batıdan saatte {k} kilometre hızla esiyor, tepelerde hızı {b} kilometreye ulaşıyor. Gece "
    "sıcaklık {t} dereceye düşüyor. Yağmur olasılığı yüzde {p} olarak bekleniyor.",
    "tr letter": "Sayın {n}, {d} tarihli {b} numaralı siparişiniz için teşekkür ederiz. Bugün {n} adresinize {k} paket "
    "gönderdik, paketlerin {k} iş günü içinde ulaşması gerekiyor. Hesabınızdan {d} günü {b} lira çekilecektir. "
    "Sorularınız için lütfen saat {h} ile {h} arasında {n} ofisimizi arayın ve {n} hanımı isteyin. Sizden yeniden haber "
    "almayı umuyoruz.",
    "ar town": "افتتحت بلدية {o} أمس مكتبتها الجديدة بعد أعمال استمرت سنوات طويلة. وقال رئيس بلدية {o} إن المبنى يتسع لآلاف "
    "الكتب وإن سكان {o} انتظروا هذا اليوم طويلا. وسيكون الدخول مجانيا لجميع الأطفال، كما تنظم مكتبة {o} دروسا في المساء.",
    "ar weather": "الطقس في {n} والمناطق المجاورة يوم {d}. يبدأ النهار بضباب في الأودية يتلاشى قبل الساعة {h}. وتشرق الشمس بعد "
    "الظهر {k} ساعات، وتصل الحرارة إلى {t} درجة في {n} وإلى {t} درجة في {n}. وتهب الرياح من الغرب بسرعة {k} كيلومترا في "
    "الساعة. وفي الليل تنخفض الحرارة إلى {t} درجات، واحتمال المطر {p} في المئة.",
    "ko weather": "{d} {n} 지역과 주변의 날씨입니다. 아침에는 골짜기에 안개가 끼었다가 {h} 시쯤 걷히겠습니다. 오후에는 {k} 시간 동안 해가 "
    "나고 낮 최고 기온은 {n} {t} 도, {n} {t} 도가 되겠습니다. 바람은 서쪽에서 시속 {k} 킬로미터로 불겠습니다. 밤에는 기온이 {t} 도까지 "
    "내려가고 비가 올 확률은 {p} 퍼센트입니다.",
    "en town": "Looking for a plumber in {o}? Our fitters have known the houses of {o} for thirty years. Whether a tap drips "
    "or the heating stays cold, we are with you anywhere in {o} within the hour. Customers from {o} praise our fair "
    "prices and clean work, and the first look costs nothing. Call us and somebody from {o} will answer.",
    "en names": "The council of {n} has appointed {n} as the new head of its library. The former teacher from {n} follows "
    "{n}, who is leaving the town for {n}. Mayor {n} praised the work of both and thanked the friends of the library for "
    "their help with the move. A reception will be held in the town hall, and everybody is welcome.",
    "de names": "Der Rat von {n} hat {n} zur neuen Leitung der Bücherei bestellt. Die frühere Lehrkraft aus {n} folgt auf "
    "{n}, die Stadt verliert sie an {n}. Bürgermeister {n} lobte die Arbeit beider und dankte dem Förderverein für die "
    "Hilfe beim Umzug. Im Rathaus gibt es einen Empfang, zu dem alle eingeladen sind.",
    "ru names": "Совет города {n} назначил {n} новым руководителем библиотеки. Бывший учитель из города {n} сменит {n}, "
    "который переезжает в город {n}. Мэр {n} похвалил работу обоих и поблагодарил друзей библиотеки за помощь при "
    "переезде. В ратуше состоится приём, приглашены все желающие.",
}


def filled(template: str, names: Sequence[str], one: str, rng: random.Random) -> str:
    """Return a template with names, dates and numbers put in: hours, degrees, shares, small and big numbers.

    ``o`` is the same name throughout: ``one``.
    """
    drawn = {
        "n": lambda: rng.choice(names),
        "d": lambda: f"{rng.randint(1, 28)}.{rng.randint(1, 12)}.{rng.randint(2015, 2026)}",
        "h": lambda: str(rng.randint(6, 19)),
        "k": lambda: str(rng.randint(2, 19)),
        "t": lambda: str(rng.randint(3, 34)),
        "p": lambda: str(rng.randint(5, 95)),
        "b": lambda: str(rng.randint(60, 48_000)),
    }
    return re.sub(r"\{(\w)\}", lambda blank: one if blank[1] == "o" else drawn[blank[1]](), template)


def collection(kind: str, rng: random.Random) -> list[str]:
    """Return fillings of the template of this kind, and last a copy of the first without every eighth word."""
    names = NAMES[kind[:2]].split()
    texts = [filled(TEMPLATES[kind], names, one, rng) for one in names[:FILLINGS]]
    words = texts[0].split()
    return [*texts, " ".join(word for at, word in enumerate(words) if at % 8 != 5)]


def verdicts(texts: Sequence[str]) -> dict[tuple[int, int], str]:
    """Return what is said of each pair that anything is said of: two in one cluster are a duplicate of its keeper."""
    found = find_duplicates(texts)
    told = {(min(edge.at), max(edge.at)): "same event" for edge in found.related}
    labels = list(found.cluster_of)
    told |= {(a, b): "copy" for a, b in combinations(range(len(texts)), 2) if labels[a] == labels[b]}
    return told


def row(name: str, told: dict[tuple[int, int], str], starts: Sequence[int], *, pairs: bool) -> None:
    """Print how many pairs of fillings pass as copies or as the same event, and how many true copies are found."""
    every = copies = related = found = 0
    for start in starts:
        for a, b in combinations(range(start, start + FILLINGS), 2):
            every += 1
            copies += told.get((a, b)) == "copy"
            related += told.get((a, b)) == "same event"
            if pairs and told.get((a, b)) == "copy":
                print(f"    {a - start} and {b - start}")
        found += told.get((start, start + FILLINGS)) == "copy"
    print(f"{name:12}{every:7}{copies:8}{related:12}{found:10} of {len(starts)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", action="store_true", help="name the pairs that pass as copies")
    given = parser.parse_args()
    rng = random.Random(4)
    print(f"{'alone':12}{'pairs':>7}{'copies':>8}{'same event':>12}{'true copies found':>20}")
    every: list[str] = []
    starts: list[int] = []
    for kind in TEMPLATES:
        texts = collection(kind, rng)
        row(kind, verdicts(texts), [0], pairs=given.pairs)
        starts.append(len(every))
        every += texts
    row("together", verdicts(every), starts, pairs=False)


if __name__ == "__main__":
    main()
