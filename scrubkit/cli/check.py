"""``scrubkit check``: the corpus linter."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from scrubkit.cli.complete import complete_codes
from scrubkit.core.errors import ConfigError, ScrubkitError

if TYPE_CHECKING:
    from scrubkit.catalogue.located import Located
    from scrubkit.check.baseline import Accepted
    from scrubkit.check.run import FileResult
    from scrubkit.config import Config

__all__ = ["check"]

FORMATS = ("text", "json", "sarif", "github", "junit")


def _codes(_: click.Context, parameter: click.Parameter, value: Sequence[str]) -> tuple[str, ...] | None:
    """Split ``--select NAV,TCK001`` at commas; an option that was not given is ``None``."""
    if not value:
        return None
    from scrubkit.cli.options import split_codes

    return tuple(code for part in value for code in split_codes(part, parameter.opts[0])) or None


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--select",
    multiple=True,
    callback=_codes,
    shell_complete=complete_codes,
    metavar="CODES",
    help="Rules to ask, instead of the default.",
)
@click.option(
    "--ignore", multiple=True, callback=_codes, shell_complete=complete_codes, metavar="CODES", help="Rules not to ask."
)
@click.option(
    "--extend-select",
    multiple=True,
    callback=_codes,
    shell_complete=complete_codes,
    metavar="CODES",
    help="Rules to ask besides.",
)
@click.option("--per-path-ignore", multiple=True, metavar="GLOB:CODES", help="Rules not to ask where a path matches.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Paths to pass over, besides those of the settings.")
@click.option("--force-exclude", is_flag=True, help="Pass over excluded files even where they are named.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of listing them.")
@click.option("--fix", is_flag=True, help="Mend files in place: typed stable removals, encoding and format.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; write nothing.")
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Accept the findings listed there.")
@click.option("--write-baseline", type=click.Path(dir_okay=False, path_type=Path), help="Accept all findings of now.")
@click.option("--duplicates", is_flag=True, help="Compare the documents of the whole corpus with each other.")
@click.option("--exit-zero", is_flag=True, help="End with 0 even where something was found.")
@click.option("--stdin-filename", metavar="NAME", help="Name of what stands on standard input (PATH is -).")
@click.option("--templates", type=click.Path(dir_okay=False), help="Report what scrubkit fit learned, too.")
@click.option("--text-field", metavar="NAME", help="Field of a record that holds the text.  [text]")
@click.option("--id-field", metavar="NAME", help="Field of a record that holds the id.  [id]")
@click.option("--config", "config_file", type=click.Path(dir_okay=False, path_type=Path), help="Settings file.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path), help="Folder for results.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write results of earlier checks.")
@click.option("--max-seconds-per-document", type=click.FloatRange(0), metavar="S", help="Report slower ones.  [10]")
@click.option("--max-memory-per-document", metavar="SIZE", help="Report those that take more; 0: none.  [2G]")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Worker processes.  [one a processor]")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to the output.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the findings.")
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Report boilerplate, encoding damage and broken format in corpus files, without changing them.

    Prints path:line:col CODE message. Ends with 0 where nothing was found, 1 where something was, 2 where the
    command could not do its work. A folder is searched for .txt, .html, .jsonl and their compressed forms.
    """
    sys.exit(_run(paths or (".",), options))


def _run(paths: Sequence[str], options: Mapping[str, Any]) -> int:
    _refuse_contradictions(paths, options)
    config = _config(paths, options)
    if options["duplicates"]:
        return _duplicates(paths, config, options)
    from scrubkit.check.apart import check_files
    from scrubkit.check.run import Checker
    from scrubkit.check.sources import Excludes, find_files

    mode: Literal["check", "fix", "diff"] = "fix" if options["fix"] else "diff" if options["diff"] else "check"
    cache = None if options["no_cache"] else _cache_folder(config, options)
    accepted = _accepted(config, options)
    checker = Checker(config, cache, mode, _Left(*accepted) if accepted else _Left({}, Path()))
    if list(paths) == ["-"]:
        return _standard_input(checker, options)
    excludes = Excludes((*config.exclude, *options["exclude"]), options["force_exclude"])
    files, missing = find_files(paths, excludes)
    results = check_files(files, checker, jobs=options["jobs"] or os.cpu_count() or 1)
    return _report(_indexed(results, config, cache), config, options, missing)


def _refuse_contradictions(paths: Sequence[str], options: Mapping[str, Any]) -> None:
    for one, other in (
        ("fix", "diff"),
        ("baseline", "write_baseline"),
        ("fix", "duplicates"),
        ("fix", "write_baseline"),
    ):
        if options[one] and options[other]:
            first, second = (name.replace("_", "-") for name in (one, other))
            raise ConfigError(f"--{first} and --{second} exclude each other", remedy="give one of them")
    if "-" in paths and len(paths) > 1:
        raise ConfigError("'-' (standard input) stands beside other paths", remedy="check it by itself")
    if options["stdin_filename"] and "-" not in paths:
        raise ConfigError("--stdin-filename without '-'", remedy="give '-' as the path to read standard input")
    if "-" in paths and options["duplicates"]:
        raise ConfigError("--duplicates compares files, not standard input", remedy="name the folder of the corpus")


def _config(paths: Sequence[str], options: Mapping[str, Any]) -> Config:
    from scrubkit.config import load

    ignores: dict[str, tuple[str, ...]] = {}
    for given in options["per_path_ignore"]:
        glob, colon, codes = given.rpartition(":")
        if not colon or not glob or not codes:
            raise ConfigError(f"--per-path-ignore {given!r} is not GLOB:CODES", remedy="write 'old/*:NAV,TCK001'")
        from scrubkit.cli.options import split_codes

        ignores[glob] = split_codes(codes, "--per-path-ignore")
    names = ("select", "ignore", "extend-select", "max-seconds-per-document")
    check = {name: options[name.replace("-", "_")] for name in names}
    overrides: dict[str, Any] = {"check": {name: codes for name, codes in check.items() if codes is not None} or None}
    overrides["per-path-ignores"] = ignores or None
    overrides |= {"text-field": options["text_field"], "id-field": options["id_field"]}
    overrides |= {"templates": options["templates"], "max-memory-per-document": options["max_memory_per_document"]}
    # Where many files are named (by pre-commit) the settings are those of the folder the command runs in.
    start = paths[0] if len(paths) == 1 and paths[0] != "-" and Path(paths[0]).exists() else None
    return load(start, file=options["config_file"], overrides=overrides, isolated=options["isolated"])


def _cache_folder(config: Config, options: Mapping[str, Any]) -> Path:
    if options["cache_dir"] is not None:
        return Path(options["cache_dir"])
    named = os.environ.get("SCRUBKIT_CACHE_DIR")
    return Path(named) if named else Path(config.root) / config.check.cache_dir


def _standard_input(checker: Any, options: Mapping[str, Any]) -> int:
    from scrubkit.check.apart import check_files
    from scrubkit.check.run import Look
    from scrubkit.check.sources import content_of

    name = options["stdin_filename"] or "<stdin>"
    if options["fix"]:
        raise ConfigError("--fix cannot write to standard input", remedy="use --diff, or check the file itself")
    data = sys.stdin.buffer.read()
    content = content_of(name)
    if content is None:
        from scrubkit.ingest.sniff import looks_like_html

        head = data[:65_536].decode("utf-8", "replace")
        content = "html" if looks_like_html(head) else "records" if head.lstrip().startswith("{") else "text"
    return _report(check_files([Look(name, data, content)], checker), checker.config, options)


def _report(
    results: Sequence[FileResult], config: Config, options: Mapping[str, Any], missing: Sequence[ScrubkitError] = ()
) -> int:
    findings = [finding for result in results for finding in result.findings]
    failures = [*missing, *(result.failure for result in results if result.failure is not None)]
    for failure in failures:
        click.echo(f"scrubkit: error: {failure}", err=True)
    if options["write_baseline"] is not None:
        return _write_baseline(findings, options, failed=bool(failures))
    findings, accepted = _unaccepted(findings, config, options)
    if options["diff"]:
        _write("".join(result.diff for result in results), options)
        changed = any(result.diff for result in results)
        return 2 if failures else int(changed and not options["exit_zero"])
    _write(_rendered(findings, [result.path for result in results], options), options)
    if not options["quiet"]:
        from scrubkit.check.output import summary

        fixed = sum(result.fixed for result in results)
        click.echo(summary(findings, len(results), fixed, accepted), err=True)
    if failures:
        return 2
    return 0 if options["exit_zero"] else int(bool(findings))


def _rendered(findings: Sequence[Located], files: Sequence[str], options: Mapping[str, Any]) -> str:
    from scrubkit.check.output import render, statistics

    if options["statistics"]:
        if options["form"] not in ("text", "json"):
            raise ConfigError(f"--statistics has no format {options['form']}", remedy="use --format text or json")
        from scrubkit.check.inspect import rule_of

        return statistics(findings, options["form"], {f.code: rule_of(f.code).name for f in findings})
    return render(findings, options["form"], files=files, style=_style(options))


def _style(options: Mapping[str, Any]) -> Callable[[str, str], str] | None:
    """Return what colours the output: on a terminal only, and not where NO_COLOR asks for none."""
    if os.environ.get("NO_COLOR") or options["output"] is not None:
        return None
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        return None
    looks: dict[str, dict[str, Any]] = {
        "path": {"bold": True},
        "code": {"fg": "red", "bold": True},
        "place": {"dim": True},
    }
    return lambda text, what: click.style(text, **looks[what])


def _write(text: str, options: Mapping[str, Any]) -> None:
    if options["output"] is None:
        # Bytes, so that a terminal of another encoding cannot make a finding an error.
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
        return
    from scrubkit.io.atomic import write_atomic

    write_atomic(Path(options["output"]), text.encode("utf-8", "replace"), flush=False)


def _write_baseline(findings: Sequence[Located], options: Mapping[str, Any], *, failed: bool) -> int:
    from scrubkit.check.baseline import write_baseline

    path = Path(options["write_baseline"])
    count = write_baseline(path, findings, root=path.parent)
    if not options["quiet"]:
        click.echo(f"{path}: {count} finding{'s' * (count != 1)} accepted", err=True)
    return 2 if failed else 0


def _unaccepted(findings: list[Located], config: Config, options: Mapping[str, Any]) -> tuple[list[Located], int]:
    found = _accepted(config, options)
    if found is None:
        return findings, 0
    from scrubkit.check.baseline import apply_baseline

    left = apply_baseline(findings, found[0], root=found[1])
    return left, len(findings) - len(left)


def _accepted(config: Config, options: Mapping[str, Any]) -> tuple[Accepted, Path] | None:
    """Return the baseline and the folder that its paths start from."""
    named = options["baseline"]
    if options["write_baseline"] is not None:
        return None
    if named is None and config.check.baseline:
        named = Path(config.root) / config.check.baseline
    if named is None:
        return None
    from scrubkit.check.baseline import read_baseline

    return read_baseline(named), named.parent


@dataclass(frozen=True, slots=True)
class _Left:
    """What the baseline accepts at a path; a value, so that worker processes can have it."""

    accepted: Accepted
    root: Path

    def __call__(self, path: str) -> frozenset[str]:
        if not self.accepted:
            return frozenset()
        from scrubkit.check.baseline import accepted_at

        return accepted_at(self.accepted, path, root=self.root)


def _duplicates(paths: Sequence[str], config: Config, options: Mapping[str, Any]) -> int:
    from scrubkit.check.duplicates import check_duplicates
    from scrubkit.check.sources import Excludes, find_files

    # The whole corpus is compared, so no path was named by hand: excluded files are always passed over.
    files, missing = find_files(paths, Excludes((*config.exclude, *options["exclude"]), force=True))
    cache = None if options["no_cache"] else _cache_folder(config, options)
    return _report(_indexed(check_duplicates(files, config, cache), config, cache), config, options, missing)


def _indexed(results: list[FileResult], config: Config, cache: Path | None) -> list[FileResult]:
    """Return the results with what the index of the settings has already."""
    if config.check.index is None:
        return results
    from scrubkit.check.duplicates import check_against_index

    return check_against_index(results, config, cache)
