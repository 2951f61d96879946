"""The gate: score the program on the benchmark data and refuse what makes it worse.

usage: gate.py BENCH_DIR [--update] [--allow-regression]

BENCH_DIR holds ``bench/`` and ``seeds/``. Where it is absent the gate says so and passes. Floors, data digests and
the reasons for rules below the bar are pinned in ``baseline.json`` beside this file; ``--update`` raises floors to
what is measured and refuses to lower one unless ``--allow-regression`` is given too.
The figures are of rules and the untrained scorer: what is trained on this data is scored out of fold by its own
benchmark, never here.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from labelled import RuleCount, Tally, digest, flat_documents, html_documents, means, merge, render_rules, tally
from seeds import score_seeds

BASELINE = Path(__file__).parent / "baseline.json"
TOLERANCE = 0.0005  # one line of the seeds or a few of the scrapes; less is noise of the labels
BAR = 0.9
MIN_WORDS = 200  # fewer words say nothing about precision
WORKERS = 2


def flat_part(args: tuple[str, int]) -> Tally:
    """Return the tally of every second scrape."""
    from scrubkit.model import findings as model_findings
    from scrubkit.rules import RULES
    from scrubkit.rules.run import find

    out = Tally()
    for item in islice(flat_documents(Path(args[0])), args[1], None, WORKERS):
        found = (*find(item.document, RULES), *model_findings(item.document, scorer="simple"))
        tally(item, found, out)
    return out


def html_part(args: tuple[str, int]) -> Tally:
    """Return the tally of every second page, typed rules alone."""
    from scrubkit.rules import RULES
    from scrubkit.rules.run import find

    out = Tally()
    for item in islice(html_documents(Path(args[0])), args[1], None, WORKERS):
        tally(item, find(item.document, RULES), out)
    return out


def measure(root: Path) -> tuple[dict[str, float], dict[str, RuleCount], dict[str, RuleCount]]:
    """Return the figures that have floors, and the rule counts on both sets."""
    bench = str(root / "bench")
    with ProcessPoolExecutor(WORKERS) as pool:
        flat = merge(list(pool.map(flat_part, [(bench, i) for i in range(WORKERS)])))
        html = merge(list(pool.map(html_part, [(bench, i) for i in range(WORKERS)])))
    print(f"flat-dev, rules and the untrained scorer\n{'group':<14}{'n':>6}{'F1':>8}{'P':>8}{'R':>8}")
    for group, (n, f1, p, r) in means(flat).items():
        print(f"{group:<14}{n:>6}{f1:>8.3f}{p:>8.3f}{r:>8.3f}")
    seeds = score_seeds(root / "seeds")
    print(f"\n{seeds.report}")
    figures = {
        "flat_f1": means(flat)["all"][1],
        "flat_article_f1": means(flat)["article"][1],
        "seeds_line_f1": seeds.line_f1,
        "seeds_content_recall": seeds.content_recall,
        "seeds_kind_right": seeds.kind_right,
        "seeds_apart": float(seeds.clusters == seeds.files),
    }
    return figures, flat.rules, html.rules


def weak_rules(flat: dict[str, RuleCount], html: dict[str, RuleCount], reasons: dict[str, str]) -> list[str]:
    """Return a complaint for each stable rule below the bar that has no written reason."""
    from scrubkit.rulebook import all_rules

    out = []
    for code, rule in all_rules().items():
        if rule.status != "stable" or code.startswith("BPL"):
            continue
        for name, counts in (("flat-dev", flat), ("wcxb-dev", html)):
            count = counts.get(code)
            if count and count.right + count.wrong >= MIN_WORDS and count.precision < BAR and code not in reasons:
                out.append(f"{code}: precision {count.precision:.3f} on {name}: make it preview or write a reason")
    return out


def main() -> int:
    """Return 0 when the gate is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    args = parser.parse_args()
    if not (args.root / "bench" / "flat-dev.jsonl.gz").exists():
        print(f"gate: no benchmark data at {args.root}: nothing measured, passed")
        return 0
    baseline = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    data = {
        "flat-dev": digest(args.root / "bench" / "flat-dev.jsonl.gz"),
        "seeds": digest(args.root / "seeds"),
        "wcxb-dev": digest(args.root / "bench" / "wcxb-dev" / "ground-truth"),
    }
    if baseline.get("data", data) != data and not args.update:
        print("gate: the data are not those the floors were measured on; look at what changed, then --update")
        return 1
    figures, flat, html = measure(args.root)
    print("\n" + render_rules(flat, html))
    floors = baseline.get("floors", {})
    lower = [
        f"{k}: {figures.get(k, 0.0):.4f} < floor {v:.4f}"
        for k, v in floors.items()
        if figures.get(k, 0) < v - TOLERANCE
    ]
    complaints = lower + weak_rules(flat, html, baseline.get("reasons", {}))
    if args.update and not (lower and not args.allow_regression):
        pinned = {
            "data": data,
            "floors": {k: round(v, 4) for k, v in figures.items()},
            "reasons": baseline.get("reasons", {}),
        }
        scratch = BASELINE.with_suffix(".tmp")
        scratch.write_text(json.dumps(pinned, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        scratch.replace(BASELINE)
        print("gate: baseline written")
    print("\n" + "\n".join(f"gate: {line}" for line in complaints or ["passed"]))
    for name, value in figures.items():
        print(f"gate: {name} {value:.4f} (floor {floors.get(name, 0.0):.4f})")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
