"""An output behind a URL: the run is made in a folder here, then its files are put there, the manifest last.

A store has no rename, but puts an object whole or not at all. So the rule for readers is that of a folder: what the
manifest names is complete. A run that is stopped leaves its work in the staging folder, and the same command goes
on from there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrubkit.core.errors import OutputError
from scrubkit.engine.outputs import RESERVED
from scrubkit.engine.place import Published
from scrubkit.engine.rows import as_json
from scrubkit.io.remote import store_of
from scrubkit.io.results import typed

if TYPE_CHECKING:
    from scrubkit.engine.run import Plan, Progress, Result

__all__ = ["clean_to_url", "staging_of"]

_MANIFEST = "manifest.json"
_JOURNAL = ".scrubkit-upload.json"
"""Stands there while files arrive: the names that are an old or the new run's, so that the next run can go on."""


def staging_of(url: str) -> Path:
    """Return the folder in which a run for a URL is made: below ``SCRUBKIT_STAGING`` or the user's cache folder."""
    root = os.environ.get("SCRUBKIT_STAGING") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "scrubkit", "staging"
    )
    return Path(root, blake2b(url.rstrip("/").encode(), digest_size=8).hexdigest())


def clean_to_url(plan: Plan, url: str, progress: Progress = lambda *_: None) -> Result:
    """Run a plan with its results under ``url``; ``plan.out`` is not used.

    Raises :class:`~scrubkit.core.OutputError` where something stands there that no run of scrubkit wrote (unless
    ``plan.overwrite``), where the source lies in the output or the output in the source, and where the store
    refuses.
    """
    from scrubkit.engine.run import clean_corpus

    url = url.rstrip("/")
    _refuse_overlap(url, plan.sources)
    fs, root = store_of(url)
    old = _published(fs, root, url, overwrite=plan.overwrite)
    staging = staging_of(url)
    # The work is kept until everything has arrived: an upload that fails is not paid for with another run.
    result = clean_corpus(replace(plan, out=staging, keep_work=True), progress)
    if plan.dry_run:
        return result
    with _store_errors(url):
        _put(fs, root, staging, old, progress)
    if not plan.keep_work:
        shutil.rmtree(staging, ignore_errors=True)
    return result


def _refuse_overlap(url: str, sources: tuple[str, ...]) -> None:
    for source in sources:
        one, other = f"{url}/", f"{source.rstrip('/')}/"
        if one.startswith(other) or other.startswith(one):
            raise OutputError(f"overlaps the input {source}", place=url, remedy="choose a place beside it with -o")


def _published(fs: Any, root: str, url: str, *, overwrite: bool) -> list[str]:
    """Return the names that an earlier run put there."""
    with _store_errors(url):
        fs.invalidate_cache()
        if not fs.exists(root):
            return []
        names = [str(name).rstrip("/").rpartition("/")[2] for name in fs.ls(root, detail=False)]
        told: set[str] = set()
        for name in {_JOURNAL, _MANIFEST} & set(names):
            told |= set(_outputs(fs.cat_file(f"{root}/{name}"), f"{url}/{name}"))
        if {_JOURNAL, _MANIFEST} & set(names):
            return sorted(name for name in told if name and "/" not in name and name not in (".", ".."))
    if set(names) - set(RESERVED) and not overwrite:
        raise OutputError(
            "is not empty and holds no earlier run of scrubkit",
            place=url,
            remedy="choose an empty place, or say --overwrite to put the results beside what is there",
        )
    return []


def _outputs(data: bytes, place: str) -> list[str]:
    try:
        return typed(Published)(data).outputs
    except ValueError as error:
        remedy = "choose another place, or take the file away"
        raise OutputError(f"is not what a run writes: {error}", place=place, remedy=remedy) from error


def _put(fs: Any, root: str, staging: Path, old: list[str], progress: Progress) -> None:
    """Take the old manifest away, remove what only the old run had, put every file, the manifest last."""
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    files = [path for path in files if not path.relative_to(staging).parts[0].startswith(".")]
    names = {path.relative_to(staging).parts[0] for path in files}
    fs.makedirs(root, exist_ok=True)
    fs.pipe_file(f"{root}/{_JOURNAL}", as_json({"outputs": sorted(set(old) | names)}))
    with suppress(FileNotFoundError):
        fs.rm_file(f"{root}/{_MANIFEST}")
    for name in sorted(set(old) - names - {_MANIFEST}):
        with suppress(FileNotFoundError):
            fs.rm(f"{root}/{name}", recursive=True)
    stale = set(old) & names
    for name in sorted(stale):
        here = {path.relative_to(staging).as_posix() for path in files}
        for there in fs.find(f"{root}/{name}") if (staging / name).is_dir() else ():
            if str(there)[len(root) :].lstrip("/") not in here:
                fs.rm_file(there)
    files.sort(key=lambda path: path.name == _MANIFEST and path.parent == staging)
    for number, path in enumerate(files, 1):
        target = f"{root}/{path.relative_to(staging).as_posix()}"
        fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        fs.put_file(str(path), target)
        if fs.size(target) != path.stat().st_size:
            raise OSError(f"{target} did not arrive whole")
        progress("upload", number, number / len(files))
    fs.rm_file(f"{root}/{_JOURNAL}")


@contextmanager
def _store_errors(url: str) -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise
    except Exception as error:  # each store's library has errors of its own, with no common base
        if isinstance(error, OutputError):
            raise
        what = str(error) or type(error).__name__
        raise OutputError(
            f"the store refuses: {what}",
            place=url,
            remedy="run the same command again: it goes on from the staging folder",
        ) from error
