"""Plug-ins: found by metadata, loaded when asked for, checked, named in errors, switched off."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import scrubkit as sk
from scrubkit import entrypoints, rulebook
from scrubkit.cli import main
from scrubkit.config import Config, load
from scrubkit.core import ConfigError
from scrubkit.io import read

Install = Callable[..., Path]

PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
POST = f"{PROSE}\n\nPosts: 1,204\nJoined: May 2011\n\nVerzonden vanaf mijn iPhone\n"
MBOX = (
    "From a@b Mon Jan  5 10:00:00 2026\nMessage-ID: <1@list>\nSubject: Bridge\n\n{0}\n\n"
    "From c@d Mon Jan  5 11:00:00 2026\nMessage-ID: <2@list>\nSubject: Re\n\nThe ferry still runs on Sundays, though.\n"
)
RULE = (
    "from scrubkit.plugins import Family, Hit, Rule\n"
    "def test(sheet):\n    return [Hit(0, 0)]\n"
    "RULES = (Family('XAC', 'nav', 'Acme'), Rule('XAC001', 'acme-line', 'Line', 'Why', scope='document', test=test))\n"
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def test_without_plug_ins_nothing_is_there() -> None:
    """The catalogue is scrubkit's own, and the stamp that results depend on is empty."""
    assert not any(rule.origin for rule in rulebook.all_rules().values())
    assert entrypoints.stamp() == ""


def test_rules_and_cues_of_the_example_act(example: Path) -> None:
    """A rule of a plug-in takes its line, a cue in a language without a cue file serves a shipped rule."""
    page = sk.clean(f"Ga naar de inhoud\n\n{POST}")
    taken = {entry.code: entry.text.strip() for entry in page.ledger.removed()}
    assert taken == {"NAV001": "Ga naar de inhoud", "XFO001": "Verzonden vanaf mijn iPhone"}
    assert next(line.kind for line in page.lines() if line.code == "XFO001") == "comments"
    assert "Posts: 1,204" in page.text  # in preview: only by name
    strict = sk.Pipeline([sk.filters.strip_boilerplate(extend=["XFO002"])])
    assert "Posts" not in next(iter(strict.run([POST])))[0].text


def test_rules_of_plug_ins_are_listed_explained_and_set(example: Path, tmp_path: Path) -> None:
    """They stand in the catalogue with their origin; parameters, families and names work as for any other."""
    assert "XFO001" in run("rules", "XFO").stdout
    assert "scrubkit-forum 0.2.0" in run("explain", "phone-signature").stdout
    (tmp_path / "scrubkit.toml").write_text("[rules.XFO001]\nmax-words = 2\n")
    (tmp_path / "a.txt").write_text(POST)
    assert "XFO001" not in run("check", "--no-cache", tmp_path).stdout
    assert "XFO001" in run("check", "--no-cache", "--isolated", tmp_path / "a.txt").stdout


def test_reader_of_a_plug_in(example: Path, tmp_path: Path) -> None:
    """Its files are records: read, cleaned, counted, and what is rejected keeps its bytes."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "list.mbox").write_text(MBOX.format(PROSE))
    records = list(read(tmp_path / "in"))
    assert [record.id for record in records] == ["<1@list>", "<2@list>"]
    assert records[0].metadata == {"subject": "Bridge"}
    out = tmp_path / "out"
    done = run("clean", tmp_path / "in", "-o", out, "-j", "1", "-q", "--min-words", "12")
    assert done.exit_code == 0, done.output
    told = json.loads((out / "stats.json").read_text())["documents"]
    assert (told["in"], told["kept"], told["rejected"]) == (2, 1, 1)
    rejected = json.loads((out / "rejected/records.jsonl").read_text())
    assert b"ferry" in (out / rejected["bytes"]).read_bytes()


def test_language_backend_of_a_plug_in(example: Path, tmp_path: Path) -> None:
    """It is asked by its name, in the settings too."""
    from scrubkit.ingest.language import identify

    assert identify("Ik weet niet of de brug open is", backend="stopwords").code == "nl"  # type: ignore[arg-type]
    (tmp_path / "scrubkit.toml").write_text('language-backend = "stopwords"\n')
    assert load(tmp_path).language_backend == "stopwords"
    (tmp_path / "scrubkit.toml").write_text('language-backend = "stopword"\n')
    with pytest.raises(ConfigError, match=r"scrubkit\.toml: language-backend: there is no backend 'stopword'"):
        load(tmp_path)


@pytest.mark.parametrize("setting", ["plugins = false", 'plugins = ["other-package"]'])
def test_plug_ins_are_switched_off(setting: str, example: Path, install: Install, tmp_path: Path) -> None:
    """By a key of the settings: none, or only those of the packages named; what is off is not imported."""
    install({"scrubkit.rules": {"acme": "acme:RULES"}}, name="other-package", acme=RULE)
    (tmp_path / "scrubkit.toml").write_text(f"{setting}\n")
    sys.modules.pop("scrubkit_forum", None)
    config = load(tmp_path)
    assert "XFO001" not in config.boilerplate_codes()
    assert ("XAC001" in config.boilerplate_codes()) == ("other" in setting)
    assert "scrubkit_forum" not in sys.modules
    with pytest.raises(ConfigError, match="no rule 'XFO001'"):
        rulebook.lookup("XFO001")
    assert load(isolated=True).hash != config.hash


def test_environment_switches_off(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SCRUBKIT_PLUGINS says which act where no settings are at hand, and ``off`` is the last word."""
    monkeypatch.setenv("SCRUBKIT_PLUGINS", "off")
    entrypoints.choose(True)
    assert entrypoints.active("scrubkit.rules") == ()
    monkeypatch.setenv("SCRUBKIT_PLUGINS", "scrubkit_forum")
    assert [entry.name for entry in entrypoints.active("scrubkit.rules")] == ["forum"]


def test_list_of_plug_ins(example: Path, install: Install) -> None:
    """``scrubkit plugins`` names package, version, group and entry point of each, and what is wrong with one."""
    listed = run("plugins")
    assert listed.exit_code == 0
    assert "scrubkit-forum  0.2.0  scrubkit.rules  forum = scrubkit_forum:RULES  on" in listed.stdout
    install({"scrubkit.rules": {"acme": "acme:RULES"}}, acme="1 / 0\n")
    listed = run("plugins")
    assert listed.exit_code == 1
    assert "acme = acme:RULES  fault: cannot be loaded: ZeroDivisionError" in listed.stdout


HEAD = (
    "from scrubkit.plugins import Family, Hit, Rule\nF = Family('XAC', 'nav', 'Acme')\ndef t(sheet):\n    return []\n"
)


def rules_module(rule: str) -> str:
    return f"{HEAD}RULES = (F, {rule})\n"


WRONG = {
    "a module that is not there": ("nowhere:RULES", HEAD, "cannot be loaded: ModuleNotFoundError"),
    "a module that crashes": ("acme:RULES", "1 / 0\n", "cannot be loaded: ZeroDivisionError"),
    "a name that is not there": ("acme:RULE", HEAD, "cannot be loaded: AttributeError"),
    "not a sequence": ("acme:RULES", "RULES = 3\n", "is a int, not a sequence of Family and Rule"),
    "something else in it": ("acme:RULES", "RULES = ('x',)\n", "holds a str; it may hold Family and Rule"),
    "a prefix of scrubkit's": ("acme:RULES", f"{HEAD}RULES = (Family('NAV', 'nav', 'Mine'),)\n", "prefix 'NAV'"),
    "a code of scrubkit's": ("acme:RULES", rules_module("Rule('NAV001', 'my-line', 'S', 'W', scope='document', test=t)"),
                             "X, two capital letters and three digits"),
    "a rule without a family": ("acme:RULES", rules_module("Rule('XZZ001', 'my-line', 'S', 'W', scope='document', test=t)"),
                                "put Family('XZZ', kind, title) into the sequence"),
    "a name that is taken": ("acme:RULES", rules_module("Rule('XAC001', 'skip-link', 'S', 'W', scope='document', test=t)"),
                             "skip-link is taken by scrubkit"),
    "a rule without a test": ("acme:RULES", rules_module("Rule('XAC001', 'my-line', 'S', 'W', scope='document')"),
                              "test is not callable"),
    "a rule without cues": ("acme:RULES", rules_module("Rule('XAC001', 'my-line', 'S', 'W', test=t)"), "cues=True"),
    "a rule without a reason": ("acme:RULES", rules_module("Rule('XAC001', 'my-line', 'S', '', scope='document', test=t)"),
                                "neither may be empty"),
    "a score beyond one": ("acme:RULES", rules_module("Rule('XAC001', 'my-line', 'S', 'W', scope='document', test=t, score=3)"),
                           "score 3 is not between 0 and 1"),
    "a scope of the corpus": ("acme:RULES", rules_module("Rule('XAC001', 'my-line', 'S', 'W', scope='corpus', test=t)"),
                              "scope 'corpus' is not one of block, document"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "module", "what"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_plug_in_is_told(value: str, module: str, what: str, install: Install) -> None:
    """The message names package, version, entry point, group and remedy, without a traceback."""
    install({"scrubkit.rules": {"acme": value}}, acme=module)
    result = run("rules")
    assert result.exit_code == 2
    assert f"plug-in acme-rules 1.0, entry point acme = {value} [scrubkit.rules]" in result.stderr
    assert what in result.stderr
    assert "pip uninstall acme-rules" in result.stderr
    assert "Traceback" not in result.output


def test_wrong_cues_readers_and_groups_are_told(install: Install, tmp_path: Path) -> None:
    """Cues of no rule, a list that is none, a group that is none: each by name; off, they do no harm."""
    for number, (group, value, what) in enumerate(
        (
            ("scrubkit.cues", "acme:NO_RULE", "there is no rule of that code that reads cues"),
            ("scrubkit.cues", "acme:NO_LIST", "unknown list 'lines' under [NAV001]"),
            ("scrubkit.cues", "acme:NUMBER", "is not the cues of a language"),
            ("scrubkit.rule", "acme:NUMBER", "did you mean scrubkit.rules?"),
        )
    ):
        text = "NO_RULE = {'NAV999': {'line': ['x']}}\nNO_LIST = {'NAV001': {'lines': ['x']}}\nNUMBER = 3\n"
        package = f"acme-{number}"
        install({group: {"nl": value}}, name=package, acme=text)
        (tmp_path / "scrubkit.toml").write_text(f'plugins = ["{package}"]\nselect = ["NAV001"]\n')
        with pytest.raises(ConfigError) as error:
            load(tmp_path)
        assert what in str(error.value)
        assert package in str(error.value)


def test_reader_that_fails_is_a_fault_of_the_file(install: Install, tmp_path: Path) -> None:
    """What it yielded before stands; the fault names the file and the plug-in."""
    text = (
        "from scrubkit.plugins import Record\n"
        f"def read(path):\n    yield Record('1', {PROSE!r})\n    raise ValueError('torn')\n"
    )
    install({"scrubkit.readers": {"odd": "acme:read"}}, acme=text)
    (tmp_path / "a.odd").write_text("x")
    faults: list[str] = []
    assert [record.id for record in read(tmp_path / "a.odd", on_fault=lambda f: faults.append(str(f)))] == ["1"]
    assert "a.odd" in faults[0]
    assert "acme-rules 1.0" in faults[0]
    assert "ValueError: torn" in faults[0]


def test_rule_that_crashes_is_a_finding_with_its_origin(install: Install) -> None:
    """The document is set aside, the run goes on, and the evidence names the plug-in."""
    install({"scrubkit.rules": {"acme": "acme:RULES"}}, acme=RULE.replace("Hit(0, 0)", "1 / 0"))
    page = sk.clean(f"{PROSE}\n")
    assert page.verdict.status == "quarantined"
    (crash,) = [finding for finding in page.findings if finding.code == "ERR001"]
    assert crash.because["plug-in"] == "acme-rules 1.0"


def test_two_packages_may_not_claim_one_thing(install: Install) -> None:
    """The second rule of one code is refused with the owner of the first."""
    install({"scrubkit.rules": {"acme": "acme:RULES"}}, acme=RULE)
    install({"scrubkit.rules": {"rival": "rival:RULES"}}, name="rival-rules", rival=RULE)
    with pytest.raises(ConfigError, match="family prefix XAC is taken by acme-rules"):
        rulebook.all_rules()


def test_a_changed_rule_is_not_answered_from_the_cache(install: Install, tmp_path: Path) -> None:
    """The cache of a check knows the plug-in's code: who writes a rule sees at once what it finds."""
    site = install({"scrubkit.rules": {"acme": "acme:RULES"}}, acme=RULE.replace("[Hit(0, 0)]", "[]"))
    (tmp_path / "a.txt").write_text(f"Odd line\n\n{PROSE}\n")
    command = [sys.executable, "-m", "scrubkit", "check", "-q", "--select", "XAC", str(tmp_path / "a.txt")]
    env = {"PYTHONPATH": f"{site}:{Path(sk.__file__).parents[1]}", "PATH": "/usr/bin:/bin"}
    first = subprocess.run(command, env=env, cwd=tmp_path, text=True, capture_output=True)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    (site / "acme.py").write_text(RULE)
    second = subprocess.run(command, env=env, cwd=tmp_path, text=True, capture_output=True)
    assert "XAC001" in second.stdout


def test_what_lies_in_the_current_folder_is_no_plug_in(install: Install, tmp_path: Path) -> None:
    """A folder of scrapes may hold anything, metadata of a package too; ``python -m scrubkit`` runs none of it."""
    site = install({"scrubkit.rules": {"acme": "acme:RULES"}}, acme="raise SystemExit('planted')\n")
    (site / "a.txt").write_text(f"{PROSE}\n")
    env = {"PYTHONPATH": str(Path(sk.__file__).parents[1]), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "scrubkit", "check", "a.txt"]
    done = subprocess.run(command, env=env, cwd=site, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "1 file checked: nothing found\n")


def test_start_up_imports_no_plug_in(example: Path) -> None:
    """Neither ``import scrubkit`` nor a command that asks no rule imports one, nor reads metadata by importlib."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "import scrubkit, scrubkit.cli\n"
        "from scrubkit import entrypoints\n"
        "entrypoints.active('scrubkit.rules')\n"
        "assert 'scrubkit_forum' not in sys.modules\n"
        "sys.path[:2] = []\n"
        "assert entrypoints.active('scrubkit.rules') == ()\n"
    )
    src = Path(__file__).parent / "example_package" / "src"
    env = {"PYTHONPATH": str(Path(sk.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code, str(example), str(src)], env=env, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_one_settings_choice_does_not_outlast_it(example: Path) -> None:
    """Settings without a choice let all plug-ins act again, whatever settings were used before."""
    Config(plugins=False).pipeline()
    assert entrypoints.active("scrubkit.rules") == ()
    Config().pipeline()
    assert [entry.name for entry in entrypoints.active("scrubkit.rules")] == ["forum"]
