"""The names of the HTML standard's elements and what a tree builder does on meeting them, a bit for each trait.

``markup.h`` has the bits in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping

SHALLOW, RAW, FORMAT, SPECIAL, BARRIER, BREAKOUT, SVG, MATH = (1 << i for i in range(8))
HTML_IN_SVG, HTML_IN_MATH, FORM, FONT, SCRIPT, PLAIN, ALONE, MAYBE = (1 << i for i in range(8, 16))
ENDS_P, P, BUTTON, ITEM, TERM, PASSED, LIST, CELL = (1 << i for i in range(16, 24))
STOPPED, TABLE, QUIET, HEADING, PART, RUBY, IMPLIED, OUT = (1 << i for i in range(24, 32))
OPTION, ENDS_OPTION, FRAMESET, BARE, TYPED, STYLE, PICKY, TELLS = (1 << i for i in range(32, 40))

_NAMES = {
    # Elements that hold no others, or that stand between others of their own kind only.
    SHALLOW: "area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr "
    "tr td th tbody thead tfoot colgroup caption html head body",
    # What stands in these is no markup, up to their end tag.
    RAW: "script style textarea title xmp iframe noembed noframes plaintext",
    FORMAT: "a b big code em font i nobr s small strike strong tt u",
    SPECIAL: "address applet article aside blockquote button center dd details dir div dl dt fieldset figcaption figure "
    "footer form frameset h1 h2 h3 h4 h5 h6 header hgroup iframe li listing main marquee menu nav noembed noframes "
    "noscript object ol p plaintext pre script search section select style summary table template textarea title ul xmp",
    # No end tag reaches beyond these, save their own.
    BARRIER: "applet marquee object table template select",
    # Start tags that end svg and math around them.
    BREAKOUT: "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu "
    "meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var",
    SVG: "svg",
    MATH: "math",
    HTML_IN_SVG: "foreignobject desc title",
    HTML_IN_MATH: "mi mo mn ms mtext",
    FORM: "form",  # its end tag leaves open what stands in it
    FONT: "font",  # ends svg with some attributes
    SCRIPT: "script",
    PLAIN: "plaintext",
    ALONE: "a nobr",  # one inside another ends it
    MAYBE: "annotation-xml",  # holds HTML where its encoding says so
    # Start tags that end a paragraph.
    ENDS_P: "address article aside blockquote center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre section summary ul xmp",
    P: "p",
    BUTTON: "button",
    ITEM: "li",
    TERM: "dd dt",
    PASSED: "address div p",  # a new item or term ends one beyond these
    LIST: "ol ul",
    CELL: "td th tr tbody thead tfoot caption colgroup col",
    STOPPED: "noscript frameset",  # special, but their end tags reach no further than others'
    TABLE: "table",
    HEADING: "h1 h2 h3 h4 h5 h6",
    RUBY: "ruby",
    PART: "rb rp rt rtc",  # in a ruby these end what ends without a tag
    IMPLIED: "dd dt li optgroup option p rb rp rt rtc",
    OPTION: "option",
    ENDS_OPTION: "option optgroup",
    # Nobody asks for the attributes of these: they make no block (`ingest.html_tags`).
    BARE: "a abbr acronym annotation area base basefont bdi bdo bgsound br canvas cite col colgroup data datalist del dfn "
    "embed head hr html iframe img input ins kbd label link map mark menclose meta mfrac mi mn mo mover mpadded mphantom "
    "mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover noembed nobr noframes "
    "object optgroup option param picture q rb rp rt ruby samp script select semantics source span style sub sup svg "
    "template time track var video audio wbr math",
    TYPED: "input",  # a hidden one may stand in a table
    STYLE: "style",
    PICKY: "select template",  # in these the start tag of a script or style may count for nothing
    TELLS: "html link meta script",  # where a page says of itself what it is
    FRAMESET: "frameset",  # in one, script and its like hold markup as all else does
    OUT: "br",  # its end tag, as that of a paragraph, ends svg and math around it
    # Start tags that open no formatting element again; text and all others do.
    QUIET: "address article aside base basefont bgsound blockquote body caption center col colgroup dd details dir div dl "
    "dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe li link "
    "listing main menu meta nav noembed noframes ol p param plaintext pre script section source style summary table tbody "
    "td template textarea tfoot th thead title tr track ul",
}
BITS: Mapping[bytes, int] = {
    name.encode(): sum(bit for bit, names in _NAMES.items() if name in names.split())
    for name in sorted({name for names in _NAMES.values() for name in names.split()})
}
MOST_ACTIVE = 512
SAME = 3  # the standard keeps three of the same active formatting element ("Noah's Ark")
