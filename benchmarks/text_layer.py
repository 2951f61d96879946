"""Measure the text layer: charsets, mojibake, intact text, speed, language. Peers that are installed run beside it.

python benchmarks/text_layer.py BENCH_DIR [--ftfy-cases DIR] [--only charset,mojibake,intact,cases,speed,language]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import text_charset
import text_language
import text_mojibake


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--ftfy-cases", type=Path, default=None)
    parser.add_argument("--only", default="charset,mojibake,intact,cases,speed,language,langdetect")
    options = parser.parse_args(argv)
    parts = {
        "charset": lambda: (text_charset.speed(options.bench), text_charset.run(options.bench)),
        "mojibake": lambda: text_mojibake.run(options.bench),
        "intact": lambda: text_mojibake.intact(options.bench),
        "cases": lambda: text_mojibake.published_cases(options.ftfy_cases),
        "speed": lambda: text_mojibake.speed(options.bench),
        "language": lambda: text_language.run(options.bench),
        "langdetect": lambda: text_language.against_langdetect(options.bench),
    }
    for name in options.only.split(","):
        parts[name]()
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
