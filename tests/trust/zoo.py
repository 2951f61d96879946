"""Hostile pages, generated: each is named, none is anybody's page. ``pages(size)`` yields ``(name, bytes, media type)``.

``size`` is about the number of bytes of the larger pages, so that a test can ask how the cost grows.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
from collections.abc import Callable, Iterator
from itertools import chain

__all__ = ["pages"]

Page = tuple[str, bytes, str | None]

_PROSE = "The river rose by two metres overnight, and the town council met early on Tuesday to decide what to do. "
_ARTICLE = f"<article><h1>River rises</h1><p>{_PROSE * 6}</p><p>{_PROSE * 5}</p></article>"
_CONTAINERS = ("div", "span", "b", "table", "ul", "blockquote", "a", "p", "font", "section", "svg", "math", "template")
_UNCLOSED = ("p", "li", "td", "tr", "table", "div", "a", "b", "option", "dd", "form", "button", "noscript", "ruby")
_HIDING = ("script", "style", "template", "noscript", "textarea", "title", "iframe", "noembed", "xmp", "plaintext")


def _html(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head><title>River rises</title>{head}</head><body>{body}</body></html>"


def _nesting(size: int) -> Iterator[tuple[str, str]]:
    for tag in _CONTAINERS:
        depth = size // (2 * len(tag) + 5)
        yield f"nested {tag}", _html(f"<{tag}>" * depth + _PROSE + f"</{tag}>" * depth)
        yield f"nested {tag} never closed", _html(f"<{tag}>" * (2 * depth) + _PROSE)
    depth = size // 40
    yield "table in table in table", _html("<table><tr><td>" * depth + _PROSE + "</td></tr></table>" * depth)
    yield "list in list", _html("<ul><li>" * depth + _PROSE + "</li></ul>" * depth)
    yield "formatting elements that the parser must rebuild", _html("".join(f"<b><i><p>{i}" for i in range(size // 20)))
    yield "misnested anchors", _html("<a href=x><div>" * (size // 20) + _PROSE)
    yield "frames only", "<html><frameset cols=50%,50%>" + "<frame src=a.html>" * (size // 20) + "</frameset></html>"


def _unclosed(size: int) -> Iterator[tuple[str, str]]:
    for tag in _UNCLOSED:
        yield f"unclosed {tag}", _html("".join(f"<{tag}>Item {i} of the list" for i in range(size // 30)) + _ARTICLE)
        yield f"half a {tag} at the end", _html(_ARTICLE) + f"<{tag} class='never"
    yield "unclosed comment", _html(_ARTICLE + "<!-- " + _PROSE * (size // 110))
    yield "comments that look closed", _html("<!-- --!> -- > <!-->" * (size // 20) + _ARTICLE)
    yield "unclosed doctype", "<!doctype html PUBLIC '" + "x" * size
    yield "unclosed attribute", f"<div title='{'x' * size}"
    yield "unclosed CDATA", _html("<svg><![CDATA[" + _PROSE * (size // 110))
    yield "only end tags", "</div>" * (size // 6)
    yield "only angle brackets", "<" * size
    yield "angle brackets and letters", "<a" * (size // 2)
    yield "processing instructions", "<?xml version='1.0'?>" * (size // 21) + _html(_ARTICLE)


def _attributes(size: int) -> Iterator[tuple[str, str]]:
    for name in ("class", "id", "style", "href", "role", "data-x", "itemprop", "content"):
        yield f"huge {name}", _html(f"<div {name}='{'nav menu ' * (size // 9)}'>{_PROSE}</div>" + _ARTICLE)
        many = "".join(f"<p {name}='c{i}'>{i}</p>" for i in range(size // 30))
        yield f"many different {name}", _html(many + _ARTICLE)
    yield "ten thousand attributes", _html("<div " + " ".join(f"a{i}=1" for i in range(size // 8)) + ">" + _PROSE)
    yield "class of many tokens", _html(f"<div class='{' '.join(f't{i}' for i in range(size // 7))}'>{_ARTICLE}</div>")
    yield "text in attributes only", _html("".join(f"<img alt='{_PROSE}'>" for _ in range(size // 120)))
    yield "data URI", _html(f"<img src='data:image/png;base64,{base64.b64encode(bytes(size)).decode()}'>" + _ARTICLE)
    yield "tag name of a megabyte", _html(f"<{'x' * size}>" + _PROSE)
    yield "unknown tags", _html("".join(f"<x{i}>{i}</x{i}>" for i in range(size // 20)) + _ARTICLE)
    yield "hidden by style", _html(f"<div style='display:none'>{_PROSE * 20}</div>" * 5 + _ARTICLE)
    yield "nul bytes in attributes", _html("<div class='a\0b' id='\0'>" + _PROSE + "</div>" + _ARTICLE)


def _entities(size: int) -> Iterator[tuple[str, str]]:
    for entity in (
        "&amp;",
        "&amp",
        "&#x41;",
        "&#1114112;",
        "&#xD800;",
        "&#0;",
        "&nosuch;",
        "&CounterClockwiseContourIntegral;",
    ):
        yield f"flood of {entity}", _html(f"<p>{entity * (size // len(entity))}</p>" + _ARTICLE)
    yield "ampersands", _html(f"<p>{'&' * size}</p>")
    yield "escaped over and over", _html("<p>" + "&amp;amp;amp;amp;lt;" * (size // 20) + "</p>")
    yield "character references without an end", _html("<p>&#" + "9" * size + "</p>" + _ARTICLE)
    laughs = "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10 if i else 'ha'}'>" for i in range(12))
    yield "billion laughs", f"<?xml version='1.0'?><!DOCTYPE h [{laughs}]><h>&l11;</h>"


def _posing(size: int) -> Iterator[tuple[str, str]]:
    for tag in _HIDING:
        yield f"prose inside {tag}", _html(f"<{tag}>{_PROSE * (size // 110)}</{tag}>" + _ARTICLE)
        yield f"{tag} never closed", _html(_ARTICLE + f"<{tag}>{_PROSE * 10}")
    yield (
        "script that closes itself in a string",
        _html("<script>var a='</script>'; document.write('x')</script>" + _ARTICLE),
    )
    yield "handlers", _html("<img src=x onerror=alert(1)><svg/onload=alert(1)>" * (size // 60) + _ARTICLE)
    yield (
        "CSS that reads as prose",
        _html("<style>" + "The .nav{color:red} rose. " * (size // 30) + "</style>" + _ARTICLE),
    )
    yield "code as content", _html("<pre>" + "if (a < b && c > d) { return; }\n" * (size // 40) + "</pre>" + _ARTICLE)
    yield "one giant table", _html("<table>" + "<tr><td>1<td>2<td>3" * (size // 20) + "</table>")
    yield "everything in one div", _html("<div>" + "<br>".join([_PROSE] * (size // 110)) + "</div>")
    yield "no markup but text", _PROSE * (size // 110)
    yield "no body", "<html><head><title>x</title></head></html>"
    yield "only white space", _html(" \n\t" * (size // 3))
    yield "only line breaks", _html("<br>" * (size // 4))
    yield "links only", _html("".join(f"<a href=/{i}>Story {i}</a> " for i in range(size // 30)))
    yield "one word a block", _html("".join(f"<p>w{i}</p>" for i in range(size // 12)))
    yield "the same block", _html(f"<p>{_PROSE}</p>" * (size // 120))
    yield "all headings", _html("".join(f"<h{i % 6 + 1}>Title {i}</h{i % 6 + 1}>" for i in range(size // 20)))


def _jsonld(size: int) -> Iterator[tuple[str, str]]:
    def page(text: str) -> str:
        return _html(_ARTICLE, f"<script type='application/ld+json'>{text}</script>")

    deep = size // 10
    yield "JSON-LD nested lists", page("[" * deep + "]" * deep)
    yield "JSON-LD nested objects", page('{"@graph":' * deep + "1" + "}" * deep)
    yield "JSON-LD torn", page('{"@type":"NewsArticle","headline":"' + "x" * size)
    yield "JSON-LD numbers without end", page('{"@type":"NewsArticle","datePublished":' + "9" * size + "}")
    yield (
        "JSON-LD many objects",
        page(json.dumps([{"@type": "NewsArticle", "headline": str(i)} for i in range(size // 45)])),
    )
    yield "JSON-LD wrong types", page(json.dumps({"@type": [1, None, {}], "author": [[["x"]]], "headline": {"a": 1}}))
    yield "JSON-LD body of its own", page(json.dumps({"@type": "Product", "description": _PROSE * (size // 110)}))
    yield (
        "JSON-LD with HTML inside",
        page(json.dumps({"@type": "Article", "articleBody": "<b><script>x</script>" * 200})),
    )
    yield "JSON-LD with lone surrogates", page('{"@type":"Article","headline":"\\ud800\\udc00 \\ud83d"}')
    yield "many JSON-LD scripts", _html(_ARTICLE, "<script type='application/ld+json'>{}</script>" * (size // 50))
    yield (
        "meta flood",
        _html(_ARTICLE, "".join(f"<meta property='og:title' content='t{i}'>" for i in range(size // 45))),
    )
    yield (
        "dates that are none",
        _html(_ARTICLE, "<meta property='article:published_time' content='9999-99-99T99:99:99Z'>"),
    )
    yield "refresh and base", _html(_ARTICLE, "<base href='file:///etc/'><meta http-equiv=refresh content='0;url=//x'>")
    yield "lying charset", _html(_ARTICLE, "<meta charset='utf-16'>")
    yield "unknown charset", _html(_ARTICLE, "<meta charset='no-such-set'>")
    yield "charset utf-7", _html("+ADw-script+AD4-alert(1)+ADw-/script+AD4-" + _ARTICLE, "<meta charset='utf-7'>")


def _tricks(size: int) -> Iterator[tuple[str, str]]:
    marks = {
        "bidi overrides": "\u202e\u202d\u202a\u202c",
        "bidi isolates": "\u2066\u2067\u2068\u2069",
        "zero-width characters": "\u200b\u200c\u200d\u2060\ufeff",
        "combining marks": "\u0301\u0316\u20dd",
        "tag characters": "\U000e0061\U000e007f",
        "variation selectors": "\ufe0f\U000e0100",
        "noncharacters": "\ufffe\uffff\U0010ffff",
        "controls": "\x01\x02\x08\x0b\x1b\x7f\x85\x9f",
        "private use": "\ue000\uf8ff\U000f0000",
        "line separators": "\u2028\u2029\x0c\x1c",
        "emoji sequences": "\U0001f469\u200d\U0001f469\u200d\U0001f466",
        "full width": "\uff21\uff22\uff23\u3000",
        "replacement characters": "\ufffd",
    }
    for name, chars in marks.items():
        yield f"{name} in HTML", _html(f"<p>{chars * (size // (3 * len(chars)))}</p>" + _ARTICLE)
        yield f"{name} between letters", "".join(c + chars[i % len(chars)] for i, c in enumerate(_PROSE * 20))
    homoglyph = _PROSE.translate(str.maketrans("aeopcx", "\u0430\u0435\u043e\u0440\u0441\u0445"))
    yield "homoglyphs", homoglyph * (size // 110)
    yield "homoglyph menu", "\n".join(["Ноmе", "Аbоut", "Соntасt", "Sеаrсh"] * 50)
    yield "one letter", "a" * size
    yield "digits only", "7" * size
    yield "emoji only", "\U0001f600" * (size // 4)
    yield "one word a line", "\n".join(f"word{i}" for i in range(size // 9))
    yield "menu labels", "\n".join(["Home", "News", "Sport", "Weather", "About us"] * (size // 30))
    yield "the same line", "\n".join([_PROSE] * (size // 110))
    yield "empty lines", "\n" * size
    yield "carriage returns", "\r" * size
    yield "a thousand languages", "".join(chr(c) for c in chain(range(0x21, 0xD800), range(0xE000, 0xFFFE)))


def _bait(size: int) -> Iterator[tuple[str, str]]:
    """Runs that make a backtracking pattern slow: each is one long line, and many short ones."""
    runs = {
        "spaces": " ",
        "tabs": "\t",
        "no-break spaces": "\u00a0",
        "dashes": "- ",
        "dots": ".",
        "dots apart": ". ",
        "quotes": "\"'",
        "commas": ",",
        "bullets": "• ",
        "pipes": " | ",
        "slashes": "/",
        "colons": "a: ",
        "at signs": "a@",
        "brackets": "[1] ",
        "open brackets": "((",
        "stars": "* ",
        "hashes": "# ",
        "underscores": "_",
        "ands": "and by ",
        "by lines": "By By ",
        "capitals": "Aa ",
        "initials": "A. B. ",
        "names": "Anna Berg, ",
        "numbers": "1,000 ",
        "numbers joined": "1,0",
        "dates": "12/12/",
        "date words": "May 12, ",
        "times": "12:30 ",
        "clock": "12:",
        "money": "$1 of ",
        "percents": "10% ",
        "links": "http://",
        "hosts": "www.a.",
        "mail": "a.b@c.",
        "breadcrumbs": "a > b > ",
        "arrows": "» ",
        "copyrights": "© 2020 ",
        "share": "Share on ",
        "read more": "Read more: ",
        "comments": "Reply Like ",
        "agency": "(AP) ",
        "datelines": "LONDON (",
        "hash tags": "#a",
        "ellipses": "…",
        "angle entities": "&lt;",
        "mojibake": "Ã©",
        "mojibake twice": "ÃƒÂ©",
        "latin-1 kana": "\x83A",
        "wide": "ニュース ",
        "hangul": "뉴스 ",
        "arabic": "أخبار ",
        "thai": "ข่าว",
        "cyrillic": "Новости ",
    }
    for name, run in runs.items():
        yield f"run of {name}", run * (size // len(run)) + "!"
        yield f"lines of {name}", "\n".join([(run * 40)[:120]] * (size // 120))


def _bytes(size: int) -> Iterator[Page]:
    noise = random.Random(7)
    article = _html(_ARTICLE).encode()
    yield "random bytes", noise.randbytes(size), None
    yield "random bytes said to be HTML", noise.randbytes(size), "text/html"
    yield "random bytes said to be text", noise.randbytes(size), "text/plain"
    yield "zeros", bytes(size), None
    yield "HTML with zeros between", article.replace(b" ", b"\0"), "text/html"
    yield "UTF-16 without a mark", _html(_ARTICLE).encode("utf-16-le"), "text/html"
    yield "UTF-16 with half a character", _html(_ARTICLE).encode("utf-16")[:-1], "text/html"
    yield "UTF-8 cut within a character", ("é" * size).encode()[:-1], "text/plain"
    yield "overlong UTF-8", b"\xc0\xaf" * (size // 2), "text/plain"
    yield "surrogates in UTF-8", b"\xed\xa0\x80" * (size // 3) + article, None
    yield "several encodings", "é".encode() * 99 + "é".encode("cp1252") * 99 + "é".encode("utf-16") * 99, "text/plain"
    yield "escape sequences of ISO-2022", b"\x1b$B" * (size // 3), "text/plain"
    yield "a bomb of gzip", gzip.compress(bytes(100 * size)), None
    yield "a picture", b"\x89PNG\r\n\x1a\n" + noise.randbytes(size), None
    yield "a PDF", b"%PDF-1.7\n" + noise.randbytes(size), None
    yield "a mark and nothing", b"\xef\xbb\xbf", None
    yield "nothing", b"", None
    yield "one byte", b"<", "text/html"


_MAKERS: tuple[tuple[Callable[[int], Iterator[tuple[str, str]]], str | None], ...] = (
    (_nesting, "text/html"), (_unclosed, "text/html"), (_attributes, "text/html"), (_entities, "text/html"),
    (_posing, "text/html"), (_jsonld, "text/html"), (_tricks, None), (_bait, "text/plain"),
)  # fmt: skip


def pages(size: int) -> Iterator[Page]:
    """Yield every page, the larger ones of about ``size`` bytes."""
    for maker, media_type in _MAKERS:
        for name, text in maker(size):
            yield name, text.encode("utf-8", "surrogatepass"), media_type
    yield from _bytes(size)
