"""From a source (bytes or text, HTML or flattened) to a :class:`~scrubkit.core.Document`.

decode, repair, normalise, lay out: each step says what it did in the document's metadata. Nothing here drops
anything; what was damaged beyond repair is told by the ENC findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Literal

from scrubkit.core.choices import Form
from scrubkit.core.document import Document, Meta
from scrubkit.ingest.layout import Layout, layout_text
from scrubkit.ingest.sniff import looks_like_html

__all__ = ["IngestPlan", "ingest", "looks_like_html", "media_type_of", "mended", "source_id"]

MediaType = Literal["text/html", "text/plain"]


@dataclass(frozen=True, slots=True)
class IngestPlan:
    """What to do on the way in: ``repair`` mends mojibake, ``form`` is the Unicode normal form or ``None``."""

    repair: Literal["mojibake", "none"] = "mojibake"
    form: Form = "NFC"


def source_id(data: bytes | str) -> str:
    """Return an id made from the content, for a source that has none of its own.

    >>> source_id("a") == source_id(b"a")
    True
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return blake2b(raw, digest_size=8).hexdigest()


def media_type_of(named: str | None) -> MediaType | None:
    """Return the media type that a content type, file ending or short name stands for, or ``None``.

    >>> media_type_of("text/html; charset=utf-8"), media_type_of(".txt"), media_type_of(None)
    ('text/html', 'text/plain', None)
    """
    if named is None:
        return None
    name = named.split(";")[0].strip().lower().lstrip(".")
    if name in ("html", "htm", "xhtml", "text/html", "application/xhtml+xml"):
        return "text/html"
    return "text/plain" if name in ("txt", "text", "text/plain") else None


def ingest(
    data: bytes | str,
    *,
    id: str | None = None,
    url: str | None = None,
    media_type: str | None = None,
    declared: str | None = None,
    plan: IngestPlan | None = None,
) -> Document:
    """Return the document that a source holds.

    ``media_type`` (a content type, ``"html"``, ``"txt"``) is believed; without it the content decides.
    ``declared`` is the character set an HTTP header named. For flattened text, line *n* of the result is line
    *n* of the source.
    """
    plan = plan or IngestPlan()
    kind = media_type_of(media_type)
    declared = declared or _charset(media_type)
    read = _sound_page(data, kind, declared, plan) if isinstance(data, bytes) else None
    if read is None:
        text, decoding = _decode(data, kind, declared)
        kind = kind or ("text/html" if looks_like_html(text) else "text/plain")
        text, repairs = _mend(text, plan)
        layout = _lay_out(text, kind)
    else:
        kind = "text/html"
        layout, decoding, repairs = read
    meta = _meta(layout, url, kind, decoding, repairs)
    return Document(source_id(data) if id is None else id, layout.text, layout.blocks, meta)


def mended(
    data: bytes | str, *, plan: IngestPlan | None = None
) -> tuple[str, Mapping[str, Any], tuple[Mapping[str, Any], ...]]:
    r"""Return a source decoded, repaired and normalised but not laid out: text, how it was decoded, the steps.

    >>> mended("na\u00c3\u00afve")[0]
    'naïve'
    """
    text, decoding = _decode(data, None, None)
    text, repairs = _mend(text, plan or IngestPlan())
    return text, decoding, repairs


def _charset(media_type: str | None) -> str | None:
    if media_type is None or "charset=" not in media_type.lower():
        return None
    return media_type.lower().split("charset=")[1].split(";")[0].strip(" \"'") or None


def _sound_page(
    data: bytes, kind: str | None, declared: str | None, plan: IngestPlan
) -> tuple[Layout, Mapping[str, Any], tuple[Mapping[str, Any], ...]] | None:
    """Return layout, decoding and repairs of a page of HTML that is sound UTF-8, ``None`` for every other source."""
    from scrubkit.ingest.decode import declaration
    from scrubkit.ingest.sniff import head_of
    from scrubkit.ingest.sound import sound

    if kind == "text/plain" or (kind is None and not (b"<" in data and looks_like_html(head_of(data)))):
        return None
    found = sound(data, form=plan.form, repair=plan.repair == "mojibake")
    if found is None:
        return None
    from scrubkit.ingest.html import Source, layout_html

    named = None if data.isascii() else declaration(data, declared, html=kind == "text/html")
    decoding = {"encoding": "utf-8", "source": "utf-8", "confidence": 1.0, "replaced": 0, "declared": named}
    return layout_html(Source(found.data, found.characters)), decoding, found.steps


def _decode(data: bytes | str, kind: str | None, declared: str | None) -> tuple[str, Mapping[str, Any]]:
    if isinstance(data, str):
        return data, {"encoding": None, "source": "str", "confidence": 1.0, "replaced": 0, "declared": None}
    from scrubkit.ingest.decode import decode

    found = decode(bytes(data), declared=declared, html=kind == "text/html")
    report: dict[str, Any] = {
        "encoding": found.encoding,
        "source": found.source,
        "confidence": found.confidence,
        "replaced": found.replaced,
        "declared": found.declared,
    }
    if found.zeros:
        report["zeros"] = found.zeros
    return found.text, report


def _mend(text: str, plan: IngestPlan) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    from scrubkit.ingest.normalise import normalise

    steps: tuple[Mapping[str, Any], ...] = ()
    if plan.repair == "mojibake":
        from scrubkit.ingest.repair import repair

        repaired = repair(text)
        text, steps = repaired.text, tuple(repaired.steps)
    normal = normalise(text, form=plan.form)
    return normal.text, (*steps, *normal.steps)


def _lay_out(text: str, kind: str) -> Layout:
    if kind == "text/plain":
        from scrubkit.ingest.text_meta import text_metadata

        layout = layout_text(text)
        return replace(layout, meta=text_metadata(layout))
    from scrubkit.ingest.html import layout_html

    return layout_html(text)


def _meta(
    layout: Layout, url: str | None, kind: str, decoding: Mapping[str, Any], repairs: tuple[Mapping[str, Any], ...]
) -> Meta:
    from urllib.parse import urlsplit

    found = {key: value for key, value in layout.meta.items() if key in Meta.__dataclass_fields__}
    address = url or found.pop("url", None) or found.get("canonical_url")
    found.pop("url", None)
    try:
        host = urlsplit(address).hostname if address else None
    except ValueError:  # not an address at all, e.g. an unclosed IPv6 bracket
        host = None
    return Meta(url=url, host=host, media_type=kind, decoding=decoding, repairs=repairs, **found)
