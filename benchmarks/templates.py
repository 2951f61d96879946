"""Pages of a few hosts with templates: what of the templates is found, and whether content is ever taken.

    python benchmarks/templates.py [--pages 150] [--seed 1] [--show]

Every host has its own menu, section menus, share bar, appeals, footer, and a list of headlines that changes every
few pages. What makes it hard stands in the articles: reprints with a fresh time stamp, five states of a running
story, paragraphs and quotes that several articles use, the same sub-headings everywhere, bylines, picture credits,
and articles whose titles stand in the headline lists of other pages. Half of the hosts are flattened text, half HTML.
Printed are precision and recall of lines (occurrences), on the pages learned from and on later pages of the same
hosts that were not.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from scrubkit.core import Document
from scrubkit.ingest import ingest
from scrubkit.templates import Templates, dump, fit, loads

ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
]
RIMES = [
    "ain",
    "ead",
    "ell",
    "er",
    "ick",
    "ill",
    "ine",
    "ing",
    "ock",
    "old",
    "oon",
    "ore",
    "ound",
    "own",
    "ump",
    "ust",
    "all",
    "ast",
    "eam",
    "ide",
]
HOSTS = (
    ("herald.example", "text", 1.0),
    ("courier.example", "html", 1.0),
    ("gazette.example", "text", 1.6),
    ("tribune.example", "html", 1.6),
    ("village.example", "text", 0.1),
    ("blog.example", "html", 0.12),
)
SUBHEADS = ("Background", "What happens next", "Reaction", "The numbers")


@dataclass(frozen=True)
class Line:
    """A line of a page, what it is, and for HTML the element it stands in."""

    text: str
    kind: str
    path: str = "main/p"


@dataclass
class Host:
    """A host's words, template and the texts its articles share."""

    name: str
    form: str
    rng: random.Random
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng
        self.words = [self._word() for _ in range(3000)]
        self.menu = [self.label(1, 2) for _ in range(rng.randint(6, 14))]
        self.sections = {self.label(1, 1): [self.label(1, 2) for _ in range(5)] for _ in range(5)}
        self.share = ["Share", *(self.label(1, 2) for _ in range(3))]
        self.appeal = [self.sentence(18), self.sentence(24)]
        self.inline = self.sentence(11)
        self.footer = [*(self.label(1, 3) for _ in range(6)), self.sentence(30), f"Copyright {name_of(self.name)}"]
        self.background = [self.paragraph(2) for _ in range(3)]
        self.authors = [f"By {self.word().title()} {self.word().title()}" for _ in range(6)]
        self.titles = [self.headline() for _ in range(60)]
        self.popular = self.rng.sample(self.titles, 5)

    def _word(self) -> str:
        return "".join(self.rng.choice(ONSETS) + self.rng.choice(RIMES) for _ in range(self.rng.choice((1, 2, 2, 3))))

    def word(self) -> str:
        """Return a word, some more often than others."""
        return self.words[min(int(self.rng.paretovariate(0.6)) - 1, 2999)]

    def label(self, least: int, most: int) -> str:
        """Return a label of a few words, none of them common."""
        return " ".join(self.rng.choice(self.words) for _ in range(self.rng.randint(least, most))).capitalize()

    def headline(self) -> str:
        """Return a headline."""
        return " ".join(self.rng.choice(self.words) for _ in range(self.rng.randint(5, 9))).capitalize()

    def sentence(self, words: int) -> str:
        """Return a sentence."""
        return (
            " ".join(
                self.word() if self.rng.random() < 0.6 else self.rng.choice(self.words) for _ in range(words)
            ).capitalize()
            + "."
        )

    def paragraph(self, sentences: int) -> str:
        """Return a paragraph."""
        return " ".join(self.sentence(self.rng.randint(8, 22)) for _ in range(sentences))

    def article(self, title: str | None = None) -> list[Line]:
        """Return an article with some of what makes content look like a template."""
        rng = self.rng
        out = [
            Line(title or self.headline(), "content", "main/h1"),
            Line(rng.choice(self.authors), "content", "main/div.by"),
        ]
        if rng.random() < 0.3:
            out.append(Line("Photo: Reuters", "content", "main/figcaption"))
        for number in range(rng.randint(2, 9)):
            if number and rng.random() < 0.15:
                out.append(Line(rng.choice(SUBHEADS), "content", "main/h2"))
            out.append(Line(self.paragraph(rng.randint(1, 4)), "content"))
        if rng.random() < 0.12:
            out.insert(rng.randint(3, len(out)), Line(rng.choice(self.background), "content"))
        return out

    def page(self, body: list[Line]) -> list[Line]:
        """Return a page: the template around an article."""
        rng = self.rng
        if rng.random() < 0.07:
            self.popular = rng.sample(self.titles, 5)
        section = rng.choice(list(self.sections))
        out = [Line(text, "template", "header/nav/li") for text in self.menu]
        out += [Line(text, "template", "nav.sub/li") for text in (section, *self.sections[section])]
        middle = len(body) // 2 if len(body) > 5 and rng.random() < 0.6 else 0
        out += body[:middle]
        if middle:
            out.append(Line(self.inline, "template", "main/div.promo"))
        out += body[middle:]
        out += [Line(text, "template", "div.share/a") for text in self.share]
        if rng.random() < 0.5:
            out += [Line(text, "template", "div.appeal/p") for text in self.appeal]
        out.append(Line("Most read", "template", "aside.popular/h3"))
        out += [Line(text, "rotating", "aside.popular/li") for text in self.popular]
        return out + [Line(text, "template", "footer/p") for text in self.footer]


def name_of(host: str) -> str:
    """Return a host's name as a footer has it."""
    return host.partition(".")[0].title()


def pages_of(host: Host, count: int) -> Iterator[list[Line]]:
    """Yield a host's pages, reprints and states of running stories among them."""
    rng = host.rng
    made = 0
    while made < count:
        title = rng.choice(host.titles) if rng.random() < 0.3 else None
        body = host.article(title)
        copies = rng.choice((4, 6, 8)) if rng.random() < 0.03 and count > 40 else 1
        live = rng.random() < 0.02 and count > 40
        for copy in range(5 if live else copies):
            if made == count:
                return
            shown = list(body)
            if copies > 1:
                shown.insert(
                    2,
                    Line(f"Printed {rng.randint(1, 28)} May at {rng.randint(0, 23)}:{rng.randint(10, 59)}", "content"),
                )
            if live and copy:
                shown.insert(2, Line(host.paragraph(2), "content"))
            yield host.page(shown)
            made += 1


def document_of(host: Host, lines: list[Line], name: str) -> Document:
    """Return a page as it is read."""
    if host.form == "text":
        text = "\n".join(line.text for line in lines) + "\n"
        return ingest(text, id=name, url=f"https://{host.name}/{name}", media_type="text/plain")
    parts = []
    for line in lines:
        tags = [step.partition(".") for step in line.path.split("/")]
        opened = "".join(f'<{tag} class="{names}">' if names else f"<{tag}>" for tag, _, names in tags)
        closed = "".join(f"</{tag}>" for tag, _, _ in reversed(tags))
        parts.append(f"{opened}{escape(line.text)}{closed}")
    markup = f"<html><head><title>{name_of(host.name)}</title></head><body>{''.join(parts)}</body></html>"
    return ingest(markup, id=name, url=f"https://{host.name}/{name}", media_type="text/html")


@dataclass
class Score:
    """Occurrences of lines by kind, found and not; wrong ones to look at."""

    found: Counter[str] = field(default_factory=Counter)
    every: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, lines: list[Line], document: Document, templates: Templates, source: str) -> None:
        """Count a page."""
        spans = [(f.start, f.end) for f in templates.findings(document, source) if f.action == "remove"]
        taken = Counter(" ".join(document.text[start:end].split()) for start, end in spans)
        for line in sorted(
            lines, key=lambda line: line.kind == "content"
        ):  # a text of both kinds: the template's first
            key = " ".join(line.text.split())
            hit = taken[key] > 0
            taken[key] -= hit
            self.every[line.kind] += 1
            self.found[line.kind] += hit
            if hit and line.kind == "content":
                self.wrong[line.text[:70]] += 1
            if not hit and line.kind != "content":
                self.missed[f"{line.kind}: {line.text[:60]}"] += 1

    def told(self) -> str:
        """Return the figures as a row."""
        right = self.found["template"] + self.found["rotating"]
        every = self.every["template"] + self.every["rotating"]
        precision = right / max(1, right + self.found["content"])
        fixed = self.found["template"] / max(1, self.every["template"])
        moving = self.found["rotating"] / max(1, self.every["rotating"])
        content = f"{self.found['content']} of {self.every['content']}"
        return f"{precision:9.4f} {right / max(1, every):7.4f} {fixed:7.4f} {moving:9.4f}   {content}"


def main() -> int:
    """Generate, learn, write, read, apply, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=150, help="of a host, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="also print what was taken wrongly and missed")
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    hosts = [(Host(name, form, random.Random(rng.random())), int(asked.pages * size)) for name, form, size in HOSTS]
    old = [(host, lines) for host, count in hosts for lines in pages_of(host, max(12, count))]
    rng.shuffle(old)
    new = [(host, lines) for host, count in hosts for lines in pages_of(host, max(6, count // 5))]
    documents = [document_of(host, lines, str(number)) for number, (host, lines) in enumerate(old)]
    templates = fit(lambda: ((host.name, d.id, d) for (host, _), d in zip(old, documents, strict=True)))
    templates = loads(dump(templates))
    print(f"{len(old)} pages of {len(hosts)} hosts; lines (occurrences)")
    print(f"{'':34s}precision  recall   fixed  rotating   content taken")
    whole = Score()
    by_host: dict[str, Score] = {host.name: Score() for host, _ in hosts}
    for (host, lines), document in zip(old, documents, strict=True):
        for score in (whole, by_host[host.name]):
            score.add(lines, document, templates, host.name)
    for host, _ in hosts:
        print(f"{host.name + ' (' + host.form + ')':34s}{by_host[host.name].told()}")
    later, blind = Score(), Score()
    for number, (host, lines) in enumerate(new):
        document = document_of(host, lines, f"new-{number}")
        later.add(lines, document, templates, host.name)
        blind.add(lines, document, templates, "unknown")
    for name, score in (("all", whole), ("later pages", later), ("later pages, host not told", blind)):
        print(f"{name:34s}{score.told()}")
    if asked.show:
        print("taken wrongly:", *whole.wrong.most_common(15), sep="\n  ")
        print("missed:", *whole.missed.most_common(25), sep="\n  ")
    right = whole.found["template"] + whole.found["rotating"]
    recall = right / (whole.every["template"] + whole.every["rotating"])
    return 0 if right / (right + whole.found["content"]) >= 0.98 and recall >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
