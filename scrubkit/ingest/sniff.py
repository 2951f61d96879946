"""Tell HTML from flattened text by content, where no media type says it."""

from __future__ import annotations

import re

__all__ = ["head_of", "looks_like_html"]

_OPENING = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_ANYWHERE = re.compile(r"<(?:html|body)\b[^>]*>", re.I)
_CLOSING = re.compile(r"</(?:p|div|li|ul|ol|a|span|td|tr|table|h[1-6]|section|article|blockquote|pre)\s*>", re.I)
_BREAK = re.compile(r"<(?:br|p|div|li|img|hr)\b[^<>]{0,400}>", re.I)

# A text that talks about HTML quotes a few tags; a page or fragment has one in nearly every line of prose.
_HEAD_CHARS = 65_536
_CHARS_PER_TAG = 600


def head_of(data: bytes) -> str:
    r"""Return as much of a text given in UTF-8 as :func:`looks_like_html` looks at; what is not UTF-8 is left out.

    >>> head_of(b"<p>tea\xff")
    '<p>tea'
    """
    return data[: 4 * _HEAD_CHARS].decode("utf-8", "ignore")[:_HEAD_CHARS]


def looks_like_html(text: str) -> bool:
    """Return whether a text is an HTML page or fragment rather than flattened text.

    A doctype, ``<html>``, ``<head>`` or ``<body>`` at the opening decides; otherwise the text must open with a
    tag or hold at least two closing block tags, one in every 600 characters.

    >>> looks_like_html("<p>Rain fell.</p><p>It stopped.</p>"), looks_like_html("Use a <br> tag here.")
    (True, False)
    """
    head = text[:_HEAD_CHARS]
    if "<" not in head:
        return False
    if _OPENING.match(head):
        return True
    tags = len(_CLOSING.findall(head)) + len(_BREAK.findall(head))
    if tags * _CHARS_PER_TAG >= len(head) and (tags >= 4 or (tags >= 1 and head.lstrip().startswith("<"))):
        return True
    return tags >= 4 and _ANYWHERE.search(head) is not None
