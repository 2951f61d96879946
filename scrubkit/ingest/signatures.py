"""Lines in which a text says who wrote it, when, from which source, and how long it takes to read.

Each reader takes one line and gives what it says, or ``None``. They know the shapes that bylines and
credits have on news sites in a dozen languages; where on the page such a line counts is for the caller to say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from scrubkit.core.patterns import lazily
from scrubkit.ingest.date_words import AGENCIES, MONTHS, NAME_LINKS, WEEKDAYS
from scrubkit.ingest.dates import DateLine, find_dates, has_year, read_date_line

__all__ = [
    "Signature",
    "is_credit",
    "is_reading_time",
    "may_be_credits",
    "read_byline",
    "read_signature",
    "read_signature_at",
    "read_source",
]

_MARK = lazily(r"^[\s•◦▪●*+·>|–—-]+(?=\s)|^\s+")

# Words that open a byline and are followed by the name; "By" needs a capital, for "by the river" is no byline.
_OPENERS = lazily(
    r"""(?:
      (?:(?:Written|Posted|Reported|Story|Text|Words|Published|Authored|Report|Submitted)\s+)?[Bb]y | BY
    | (?:Ein\s(?:Bericht|Beitrag|Artikel|Gastbeitrag|Kommentar)\s)?[Vv]on | VON
    | (?:Publié\s|Écrit\s|Rédigé\s|Posté\s|Propos\srecueillis\s)?[Pp]ar | PAR
    | (?:Publicado\s|Escrito\s|Redactado\s|Postado\s)?[Pp]or | POR
    | (?:Scritto\s|Pubblicato\s|A\scura\s)?[Dd]i | DI
    | Door | Av | Af
    | (?:[Бб]еседовала? | [Пп]одготовила?)
    | Kirjoittanut
    )\s+""",
    re.VERBOSE,
)
_LABELS = lazily(
    r"""(?:author|authors|writer|reporter|correspondent|byline|autor|autorin|autoren|auteur|auteure|autora|autores|autore|
      redactor|redactora|reportero|reportera|redaktion|verfasser|verfasserin|текст|автор|авторы|автор\sстатьи|автор\sтекста|
      журналист|корреспондент|yazan|yazar|haber|muhabir|haberi\syazan|بقلم|الكاتب|كاتب|كتب|كتبت|إعداد|اعداد|تقرير|المحرر|
      作者|记者|記者|文|撰文|撰稿|本报记者|本報記者|執筆|執筆者|著者|筆者|ライター|글|기자|auteurs)\s*[:：=／/|｜・]\s*""",
    re.VERBOSE | re.IGNORECASE,
)
# Arabic opens a byline without a colon; Chinese and Japanese put the word before the name.
_BARE = lazily(r"(?:بقلم|كتبت?|إعداد)\s+|(?:新华社|本报|本報|本刊)?(?:记者|記者)\s*|(?:文|撰文)\s+")
# Korean puts the word behind the name.
_BEHIND = lazily(r"(?P<name>[가-힣]{2,4})\s?(?:기자|특파원|선임기자|객원기자|인턴기자|논설위원)(?:\s*\S+@\S+)?$")
_SOURCE = lazily(
    r"(?:source|sources|quelle|quellen|fuente|fuentes|fonte|fontes|источник|kaynak|المصدر|مصدر|来源|來源|出典|출처|bron|źródło|zdroj)\s*[:：]\s*(?P<name>.{2,60})$",
    re.IGNORECASE,
)
_NAME_LINK = frozenset(NAME_LINKS.split())
_FIRST_LINK = _NAME_LINK & {
    "de",
    "del",
    "di",
    "da",
    "du",
    "la",
    "le",
    "el",
    "al",
    "van",
    "von",
    "der",
    "den",
    "ten",
    "ter",
}
_AGENCIES = frozenset(AGENCIES.split())
_CASED = lazily(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]")
_SPLIT = lazily(r"\s+[|•·–—/-]+\s+|\s*[|•·]\s*|\s+@\w+|,\s+(?=(?:[A-Z]{2,}\b|[\w.]+@))|\s+\(|\t")
_TAIL = lazily(r"(?:,\s*)?(?:Updated?|Published|Posted|Publié|Mis à jour|Aktualisiert|Обновлено)\b.*$|[\s,;:|–—-]+$")

_READING = lazily(
    r"""^\W*(?:(?:est(?:imated)?\.?\s)?(?:reading|read)\stime|time\sto\sread|lesezeit|lesedauer|temps\sde\slecture|lecture|
      tiempo\sde\slectura|lectura|tempo\sde\sleitura|leitura|tempo\sdi\slettura|lettura|время\s(?:на\s)?чтени[яе]|чтение|
      okuma\ssüresi|وقت\sالقراءة|مدة\sالقراءة|زمن\sالقراءة|阅读时间|閱讀時間|阅读时长|阅读需|閱讀需|全文阅读|読了時間|所要時間|
      この記事は|leestijd|lästid|czas\sczytania)?
      \W*(?:約|约|大约|ca\.?|about|approx\.?|~)?\s*
      (?:<\s*)?\d{1,3}(?:\s?[-–]\s?\d{1,3})?\s*
      (?:[-\s]?min(?:ute|uten|utes|uta|utos|uto|uti|s)?\b\.?|мин(?:ут[аы]?)?\b\.?|dk\b\.?|dakika(?:lık|da)?|دقائق|دقيقة|دقيقه|分钟|分鐘|分|분)
      \W*(?P<word>(?:de\s|di\s|to\s|для\s|на\s)?(?:read(?:ing)?(?:\stime)?|lesezeit|lesedauer|lecture|lectura|leitura|lettura|
      чтени[яе]|прочтени[яе]|okuma(?:\ssüresi)?|قراءة|للقراءة|阅读|閱讀|で読めます|leestijd|czytania)?)\W*$""",
    re.VERBOSE | re.IGNORECASE,
)
_READING_LABEL = lazily(r"[^\W\d]{3,}")
_MINUTES = lazily(
    r"^\W*\d[\d\s–-]*(?:min(?:ute|uten|utes|uta|utos|uto|uti|s)?|мин(?:ут[аы]?)?|dk|dakika|دقائق|دقيقة|دقيقه|分钟|分鐘|分|분)\W*$",
    re.IGNORECASE,
)

# Openings that are a credit whatever follows, and those that open ordinary sentences too if the line is long.
_CREDIT_OPENS = lazily(
    r"""[(\[*—–\s-]*(?:
      with\s(?:additional\s|contributing\s)?reporting\s(?:by|from)\b
    | (?:additional|contributing)\s(?:reporting|research|writing)\s(?:and\s\w+\s)?(?:by|from)\b
    | (?:reporting|writing|editing)\s(?:and\s\w+\s)?by\s(?-i:(?=[^\W\d_a-z]))
    | unter\smitarbeit\svon\b | mitarbeit\s?:
    | h?anno\scollaborato\b | ha\scollaborato\b
    | в\sподготовке\s(?:материала|статьи|репортажа)\s(?:участвовал|принимал)
    | katkıda\sbulunan(?:lar)?\b
    | (?:ساهم|ساهمت|شارك|شاركت|أسهم|أسهمت)\s(?:في|فى)\s(?:إعداد|اعداد|كتابة|تغطية)
    | 取材協力\s?[:：] | 参与(?:采写|报道|采访)\s?[:：]
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SHORT_CREDIT_OPENS = lazily(
    r"""[(\[*—–\s-]*(?:
      with\s(?:files|contributions?|material|information|reports?|inputs?|agencies|agency)\s(?:from|inputs?|reports)\b
    | mit\s(?:material|agenturmaterial|informationen|dpa|afp|reuters)\b
    | avec\s(?:la\s(?:contribution|collaboration|participation)\sde|(?:les\s)?(?:agences?|afp|reuters|ap)\b)
    | con\s(?:informaci[oó]n|reportes?|aportes?|la\scolaboraci[oó]n)\sde\b
    | com\s(?:informações|reportagem|a\scolaboração|(?:as\s)?agências|reuters|afp)\b
    | con\sla\scollaborazione\sdi\b
    | при\sучастии\b | katkılar\s?:
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_CREDIT_ANYWHERE = lazily(
    r"""\bcontributed\s(?:to\sthis\s(?:report|story|article|piece|dispatch)|reporting|to\sthe\sreporting)\b
    | \bwith\s(?:additional\s)?reporting\s(?:by|from)\b
    | \bthis\s(?:story|article|report|piece)\s(?:was\s)?(?:first|originally)\s(?:appeared|published|ran|posted)\b
    | \b(?:story|article|report|piece)\s(?:first|originally)\sappeared\s(?:in|on|at)\b
    | ^dieser\s(?:artikel|text|beitrag)\s(?:ist\s)?(?:erschien|wurde).{0,20}\b(?:zuerst|ursprünglich)\b
    | ^cet\sarticle\s(?:est\s|a\sété\s)(?:d'abord|initialement)?\s?(?:paru|publié)\b.{0,12}\b(?:dans|sur|par)\b
    | ^est[ea]\s(?:artículo|nota|reportaje|artigo|texto|reportagem)\s(?:fue|foi|se)\spublic(?:ó|ad[oa])\soriginalmente\b
    | ^questo\sarticolo\sè\s(?:stato\spubblicato|apparso|uscito)\s(?:originariamente|per\sla\sprima\svolta)\b
    | ^本文(?:原载于|首发于|最初发表于|原載於|首發於)
    | ^.{0,60}\b(?:writers?|correspondents?|reporters?|producers?|journalists?)\b.*\bcontributed\.?$
    | \b(?:trug|trugen|hat|haben)\b.{0,80}\bzu\sdiesem\s(?:bericht|artikel|text)\b.{0,5}\b(?:bei|beigetragen)\b
    | \b(?:a|ont)\scontribué\sà\s(?:ce\s(?:reportage|rapport)|cet\sarticle)\b
    | \b(?:contribuyó|contribuyeron|colaboró|colaboraron)\s(?:a|con|en)\s(?:este|esta)\s
      (?:reportaje|informe|artículo|nota|reporte|historia)\b
    | \b(?:contribuiu|contribuíram|colaborou|colaboraram)\s(?:para|com|com\sa|nesta?)\s(?:esta\s|este\s)?
      (?:reportagem|matéria|artigo|texto)\b
    | \b(?:ha|hanno)\scontribuito\sa\s(?:questo|questa)\s(?:articolo|servizio|reportage)\b
    | \b(?:участвовал[аи]?|принимал[аи]?\sучастие)\sв\sподготовке\s(?:материала|статьи|репортажа)\b
    | \bbu\shaber[ei]n?\b.{0,80}\bkatkı(?:da\sbulun|\ssağla)
    | (?:ساهم|شارك|أسهم)(?:ت|وا)?\s(?:في|فى)\s(?:إعداد\s)?هذا\s(?:التقرير|الخبر|المقال)
    | 对(?:本文|此文|本报道)[亦也]?有(?:所)?贡献 | 對(?:本文|此文|本報導)[亦也]?有(?:所)?貢獻
    | 参与(?:了)?本(?:文|次)(?:报道|采写) | が取材に協力""",
    re.VERBOSE | re.IGNORECASE,
)
_CREDIT_STEMS = (
    "contribu", "report", "editing", "writing", "research", "input", "files", "material", "informa", "mit ", "avec ", "con ",
    "com ", "collabora", "colabor", "mitarbeit", "beigetragen", "trug", "участ", "katk", "ساهم", "شارك", "أسهم", "取材",
    "贡献", "貢獻", "参与", "with agenc", "appeared", "originally", "zuerst", "ursprünglich", "paru", "publi", "pubbli",
    "apparso", "本文",
)  # fmt: skip
_CREDIT_WORDS, _SHORT_CREDIT_WORDS = 60, 12


def _bare(line: str) -> str:
    mark = _MARK.match(line)
    return (line if mark is None else line[mark.end() :]).strip()


@cache
def _not_names() -> frozenset[str]:
    """Return words no name consists of: months, weekdays, and what often follows the openers."""
    often = "the this that these those our your all any no far way then now today contrast law default contrario favor "
    return frozenset(f"{MONTHS} {WEEKDAYS} {often}".replace("_", " ").split()) - {"may", "mai", "august", "mars"}


def read_byline(line: str) -> str | None:
    """Return the author or authors a byline names, ``None`` for any other line.

    >>> read_byline("  • By Anna Berg and Per Holm | Harbour News"), read_byline("Автор: Иван Петров")
    ('Anna Berg and Per Holm', 'Иван Петров')
    >>> read_byline("By the river stood a mill"), read_byline("Von Berlin nach München")
    (None, None)
    """
    text = _bare(line)
    if not 3 <= len(text) <= 140 or text[-1] in ".!?…。！？":
        return None
    behind = _BEHIND.match(text)
    if behind is not None:
        return behind["name"]
    opened = _LABELS.match(text)
    labelled = opened is not None
    opened = opened or _OPENERS.match(text) or _BARE.match(text)
    if opened is None:
        return None
    rest = text[opened.end() :]
    for date in find_dates(rest):
        rest = rest[: date.start]
        break
    name = _TAIL.sub("", _SPLIT.split(rest, maxsplit=1)[0]).strip(" ,;:|–—-。.")
    return name if _is_name(name, labelled=labelled) else None


def _is_name(name: str, *, labelled: bool) -> bool:
    words = name.replace(",", " , ").split()
    if not 0 < len(words) <= 14 or any(map(str.isdigit, name)):
        return False
    if not _CASED.search(name):
        return 2 <= len(name) <= 40 and len(words) <= 6
    if words[0].lower() in _NAME_LINK - _FIRST_LINK:
        return False
    named = [word for word in words if word != "," and word.lower() not in _NAME_LINK]
    if len(named) == 1 and len(words) == 1:
        return labelled or named[0].lower() in _AGENCIES or (named[0].isupper() and len(named[0]) > 1)
    if any(word[0].isalpha() and not word[0].isupper() and word not in _AGENCIES for word in named):
        return False
    return bool(named) and not any(word.lower() in _not_names() for word in named)


def read_source(line: str) -> str | None:
    """Return what a source line names (``"Agencies"``), ``None`` for any other line.

    >>> read_source("  • Source: Agencies"), read_source("Sources say the mill is closed")
    ('Agencies', None)
    """
    if ":" not in line and "：" not in line:
        return None
    found = _SOURCE.match(_bare(line))
    if found is None or found["name"][-1] in ".!?。" or len(found["name"].split()) > 6:
        return None
    return found["name"].strip()


def is_reading_time(line: str) -> bool:
    """Whether a line tells how long the text takes to read and nothing else.

    >>> [is_reading_time(line) for line in ("3 Min Read", "Lesezeit: 4 Minuten", "この記事は約3分で読めます", "3 min")]
    [True, True, True, False]
    """
    if len(line) > 60 or not any(map(str.isdigit, line)):
        return False
    # Without a word of reading it may be the length of a film or the minute of a match.
    return _READING.match(line) is not None and _MINUTES.match(line) is None


def is_credit(line: str) -> bool:
    """Whether a line names others who contributed to the report.

    >>> is_credit("Harbour News's A. Berg and P. Holm contributed to this report.")
    True
    >>> is_credit("(mit Material von dpa)"), is_credit("The rain contributed to the flood.")
    (True, False)
    """
    if len(line) > 520:
        return False
    lower = line.lower()
    if not any(stem in lower for stem in _CREDIT_STEMS):
        return False
    text = _bare(line)
    words = len(text.split())
    if words > _CREDIT_WORDS:
        return False
    if words <= _SHORT_CREDIT_WORDS and _SHORT_CREDIT_OPENS.match(text):
        return True
    return _CREDIT_OPENS.match(text) is not None or _CREDIT_ANYWHERE.search(text) is not None


def may_be_credits(lines: Sequence[str]) -> set[int]:
    """Return the numbers of the lines for which :func:`is_credit` has to be asked; all stems are sought at once.

    >>> may_be_credits(["Rain fell.", "A. Berg contributed to this report."])
    {1}
    """
    lower = [line.lower() for line in lines]
    text = "\n".join(lower)
    starts = list(accumulate((len(line) + 1 for line in lower), initial=0))
    found: set[int] = set()
    for stem in _CREDIT_STEMS:
        at = text.find(stem)
        while at >= 0:
            line = bisect_right(starts, at) - 1
            found.add(line)
            at = text.find(stem, starts[line + 1])
    return found


@dataclass(frozen=True, slots=True)
class Signature:
    """What a line near the title says of the text: author, date, source, and whether also the reading time."""

    author: str | None = None
    date: DateLine | None = None
    source: str | None = None
    reading_time: bool = False


# No signature is without a digit, a colon or one of these at its start: most lines of a page are done with here.
_MARKED = lazily(r"[\d:：=／]")
_MAYBE = lazily(
    r"""[\W_]*(?:by|written|posted|reported|story|text|words|published|authored|report|submitted|von|ein|par|publié|
    écrit|rédigé|posté|propos|por|publicado|escrito|redactado|postado|di|scritto|pubblicato|a\scura|door|av|af|беседов|
    подготовил|kirjoittanut|بقلم|كتب|إعداد|新华社|本报|本報|本刊|记者|記者|文|撰文)|[^|/]{2,30}[|/]""",
    re.VERBOSE | re.IGNORECASE,
)
_KOREAN = ("기자", "특파원", "위원")
_BAR = lazily(r"\s+[–—/-]+\s+|\s*[|•·]\s*|\t+")


_DATE_BY_NAME = lazily(r"(?P<when>.{6,60}?),?\s(?:by|von|par|por|di)\s(?P<name>\S.{2,60})")


def _may_be_signature(line: str) -> bool:
    if _MARKED.search(line) is not None or _MAYBE.match(line) is not None:
        return True
    return not line.isascii() and line.removesuffix("\n").endswith(_KOREAN)


def read_signature(line: str) -> Signature | None:
    """Return what a line of bylines, dates, sources and reading times says; ``None`` where it holds other text too.

    >>> found = read_signature("By Anna Berg | 7 Jan 2022 | 3 min read")
    >>> found.author, found.date.value, found.reading_time
    ('Anna Berg', '2022-01-07', True)
    >>> read_signature("Flood | 7 Jan 2022 | the town counts its losses and looks for help") is None
    True
    """
    if len(line) > 200 or not _may_be_signature(line):
        return None
    dated = has_year(line)
    if dated and (date := read_date_line(line)) is not None:
        return Signature(date=date)
    if (source := read_source(line)) is not None:
        return Signature(source=source)
    if is_reading_time(line):
        return Signature(reading_time=True)
    author = read_byline(line)
    if author is None and not dated:
        return None  # what follows needs either
    parts = [part for part in _BAR.split(_bare(line)) if part.strip()]
    dates = [found for part in parts if (found := read_date_line(part)) is not None]
    if author is not None:
        return Signature(
            author, dates[0] if dates else _date_within(line), reading_time=any(map(is_reading_time, parts))
        )
    if (joined := _DATE_BY_NAME.fullmatch(_bare(line))) is not None:
        when = read_date_line(joined["when"])
        if when is not None and _is_name(joined["name"], labelled=False):
            return Signature(joined["name"], when)
    if not dates:
        return None
    # A date beside one short label: a section, a place, a name that nothing says is the author's.
    free = [p for p in parts if not read_byline(p) and not read_date_line(p) and not is_reading_time(p)]
    if len(free) > 1 or any(len(part.split()) > 3 for part in free):
        return None
    return Signature(date=dates[0], reading_time=any(map(is_reading_time, parts)))


_OPENER_ALONE = lazily(
    r"""(?:(?:written|posted|article|story|reported|text|words|published|authored)\s)?by | authors? |
    von | par | por | di | autore?s? | autorin | auteure? | автор | авторы | текст | yazan | yazar | haber |
    بقلم | كتبه? | الكاتب | إعداد | 作者 | 文 | 记者 | 記者 | 執筆 | 著者""",
    re.VERBOSE | re.IGNORECASE,
)


def read_signature_at(rows: Sequence[str], row: int) -> Signature | None:
    """Return what row ``row`` says, with the row before it where that holds only the opener (``By``).

    >>> read_signature_at(["Written by", "Anna Berg", "Oslo"], 1).author
    'Anna Berg'
    """
    found = read_signature(rows[row])
    if found is not None or row == 0 or len(rows[row]) > 60:
        return found
    if _OPENER_ALONE.fullmatch(_bare(rows[row - 1]).rstrip(" :：")) is None:
        return None
    name = _bare(rows[row]).rstrip(" ,|")
    return Signature(author=name) if len(name.split()) <= 6 and _is_name(name, labelled=True) else None


def _date_within(line: str) -> DateLine | None:
    for found in find_dates(line):
        return DateLine(found.value, "published", found.exact)
    return None
