"""Sources and outputs by URL: in memory, and on a real S3-compatible server on this machine."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import scrubkit as sk
from scrubkit.cli import main
from scrubkit.config import Config, Dedup
from scrubkit.core.errors import ConfigError, InputError, OutputError
from scrubkit.engine.run import Plan, clean_corpus
from scrubkit.engine.upload import clean_to_url, staging_of

fsspec = pytest.importorskip("fsspec")

CONFIG = Config(dedup=Dedup(enabled=False))
TEXT = "Skip to main content\n\nReport {}: the river rose on Monday by {} metres and fell again in the evening.\n"


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SCRUBKIT_STAGING", str(tmp_path / "staging"))
    store = fsspec.filesystem("memory")
    store.store.clear()
    return store


def fill(store: Any, root: str) -> None:
    store.pipe(f"{root}/a.txt", TEXT.format(1, 1).encode())
    store.pipe(f"{root}/sub/b.txt.gz", gzip.compress(TEXT.format(2, 2).encode()))
    store.pipe(f"{root}/sub/c.html", b"<h1>Rain</h1><p>Rain fell on the town all day and all night long.</p>")
    store.pipe(f"{root}/.hidden/d.txt", b"hidden")
    store.pipe(f"{root}/notes.md", b"no page")


def same_as_local(fetch: Any, root: str, tmp_path: Path) -> None:
    """Compare what stands under a root with a run over the same files in folders."""
    for name, data in fetch(root).items():
        if name == "manifest.json":
            told, own = json.loads(data), json.loads((tmp_path / "local" / name).read_text())
            assert told["input"]["fingerprint"] == own["input"]["fingerprint"]
        elif name not in ("ledger.jsonl.zst", "rejected/records.jsonl"):  # places are URLs there
            assert data == (tmp_path / "local" / name).read_bytes(), name
    assert fetch(root).keys() == {
        path.relative_to(tmp_path / "local").as_posix() for path in (tmp_path / "local").rglob("*") if path.is_file()
    }


def test_pages_and_records_are_read_from_memory(memory: Any) -> None:
    """Names below the URL are the ids; include, exclude and hidden files work as in folders."""
    fill(memory, "/in")
    assert [record.id for record in sk.read("memory://in")] == ["a.txt", "sub/b.txt.gz", "sub/c.html"]
    assert [record.id for record in sk.read("memory://in", exclude=["sub/*"], include=["*.md"])] == [
        "a.txt",
        "notes.md",
    ]
    assert [record.id for record in sk.read(["memory://in/a.txt"])] == ["a.txt"]
    memory.pipe("/rec/x.jsonl.gz", gzip.compress(b'{"id": "7", "text": "Rain fell."}\n'))
    memory.pipe("/rec/y.csv", b"id,text\n8,Rain fell again.\n")
    assert [record.id for record in sk.read("memory://rec")] == ["7", "8"]


def test_tables_are_read_from_memory(memory: Any) -> None:
    """Parquet and Arrow, both formats of it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"id": ["1"], "text": ["Rain fell."]})
    with memory.open("/t/a.parquet", "wb") as stream:
        pq.write_table(table, stream)
    for name, make in (("b.arrow", pa.ipc.new_file), ("c.arrow", pa.ipc.new_stream)):
        with memory.open(f"/t/{name}", "wb") as stream, make(stream, table.schema) as writer:
            writer.write_table(table)
    assert [record.data for record in sk.read("memory://t")] == ["Rain fell."] * 3


def test_a_torn_file_in_a_store_is_a_fault_of_its_own(memory: Any) -> None:
    """The rest is read."""
    memory.pipe("/in/a.txt.gz", gzip.compress(b"Rain fell on the town. " * 500)[:-30])
    memory.pipe("/in/b.txt", b"Rain fell on the town.")
    faults: list[Any] = []
    assert [record.id for record in sk.read("memory://in", on_fault=faults.append)] == ["b.txt"]
    assert [(fault.fault, fault.place) for fault in faults] == [("torn", "memory:///in/a.txt.gz")]


def test_what_is_not_there_or_not_installed_is_told(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the place, and the extra."""
    with pytest.raises(InputError, match="no such file or folder"):
        list(sk.read("memory://nothing"))
    with pytest.raises(ConfigError, match="no URL that can be read"):
        list(sk.read("nosuchstore://x"))
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ConfigError) as told:
        list(sk.read("s3://bucket/x"))
    assert told.value.remedy == "pip install 'scrubkit[remote]'"


def test_without_a_url_nothing_remote_is_loaded() -> None:
    """Neither fsspec nor a store's library."""
    code = "import sys, scrubkit as sk; list(sk.read(sys.argv[1])); print('fsspec' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code, __file__], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_a_run_into_memory_is_a_run_into_a_folder(memory: Any, tmp_path: Path) -> None:
    """The same files, the manifest last; a second run replaces the first, other people's files stay."""
    fill(memory, "/in")
    here = tmp_path / "in"
    memory.get("/in/", str(here), recursive=True)
    clean_corpus(Plan((str(here),), tmp_path / "local", CONFIG, jobs=1))

    def fetch(root: str) -> dict[str, bytes]:
        return {name[len(root) + 1 :]: memory.cat_file(name) for name in memory.find(root)}

    clean_to_url(Plan(("memory://in",), Path(), CONFIG, jobs=1), "memory://out/")
    same_as_local(fetch, "/out", tmp_path)
    assert not staging_of("memory://out").exists()
    memory.pipe("/out/own.txt", b"mine")
    memory.rm("/in/sub", recursive=True)
    clean_to_url(Plan(("memory://in",), Path(), CONFIG, jobs=1), "memory://out/")
    names = set(fetch("/out"))
    assert {"own.txt", "a.txt", "manifest.json"} <= names
    assert not any(name.startswith("sub/") for name in names)


@pytest.mark.parametrize(
    "url", ["zip::memory://in/a.zip", "zip://*.txt::memory://in/a.zip", "simplecache::memory://in"]
)
def test_a_chain_of_stores_is_refused_by_name(memory: Any, url: str) -> None:
    """As a source and as a place for results, with what to name instead."""
    fill(memory, "/in")
    target = url.rpartition("::")[2]
    with pytest.raises(ConfigError, match=f"chain of stores.*name what it leads to: {target}"):
        list(sk.read(url))
    with pytest.raises(ConfigError, match="chain of stores"):
        clean_to_url(Plan(("memory://in",), Path(), CONFIG, jobs=1), url)


def test_a_place_that_is_not_ours_is_refused(memory: Any) -> None:
    """And one that overlaps the input."""
    fill(memory, "/in")
    memory.pipe("/busy/own.bin", b"mine")
    plan = Plan(("memory://in",), Path(), CONFIG, jobs=1)
    with pytest.raises(OutputError, match="not empty"):
        clean_to_url(plan, "memory://busy")
    with pytest.raises(OutputError, match="overlaps the input"):
        clean_to_url(plan, "memory://in/out")


@pytest.mark.parametrize("told", [b"[]", b'{"outputs": 3}', b"{", b'{"outputs": ' + b"[" * 5000 + b"]" * 5000 + b"}"])
def test_a_manifest_of_another_in_a_store_is_refused_by_name(memory: Any, told: bytes) -> None:
    """A manifest that no run wrote is named, whatever stands in it; nothing is put beside it."""
    fill(memory, "/in")
    memory.pipe("/others/manifest.json", told)
    with pytest.raises(OutputError, match="is not what a run writes") as caught:
        clean_to_url(Plan(("memory://in",), Path(), CONFIG, jobs=1), "memory://others")
    assert "manifest.json" in str(caught.value)
    assert memory.ls("/others", detail=False) == ["/others/manifest.json"]


def test_an_upload_that_fails_is_taken_up(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no manifest until everything arrived; the next run cleans nothing again."""
    fill(memory, "/in")
    plan = Plan(("memory://in",), Path(), CONFIG, jobs=1)
    put, done = type(memory).put_file, []

    def breaks(self: Any, local: str, target: str, **more: Any) -> None:
        if len(done) == 3:
            raise ConnectionError("the network is down")
        done.append(target)
        put(self, local, target, **more)

    with monkeypatch.context() as patch:
        patch.setattr(type(memory), "put_file", breaks)
        with pytest.raises(OutputError, match="the network is down"):
            clean_to_url(plan, "memory://out")
    assert done
    assert not memory.exists("/out/manifest.json")
    assert clean_to_url(plan, "memory://out", lambda *_: None).reused > 0
    assert memory.exists("/out/manifest.json")


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """A server of the S3 protocol on loopback."""
    pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    code = (
        "import sys\nfrom moto.server import ThreadedMotoServer\n"
        "server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)\nserver.start()\n"
        "print(server.get_host_and_port()[1], flush=True)\nsys.stdin.read()\nserver.stop()\n"
    )
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], stdin=-1, stdout=-1, stderr=-3, text=True)
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    url = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            break
        except OSError:
            time.sleep(0.1)
    yield {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    process.communicate("")


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.filterwarnings("ignore")
def test_a_run_from_s3_to_s3(s3: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the command, with worker processes that connect on their own: the bytes of a run over folders."""
    for key, value in s3.items():
        monkeypatch.setenv(key, value)
    store = fsspec.filesystem("s3", skip_instance_cache=True, endpoint_url=s3["AWS_ENDPOINT_URL"])
    store.mkdir("crawl")
    here = tmp_path / "in"
    (here / "sub").mkdir(parents=True)
    for number in range(70):
        data = TEXT.format(number, number * 7).encode()
        (here / "sub" / f"{number}.txt").write_bytes(data)
    (here / "rest.jsonl").write_text('{"text": "passed over"}\n')
    store.put(str(here), "crawl/in", recursive=True)
    clean_corpus(Plan((str(here),), tmp_path / "local", CONFIG, jobs=1))
    env = {**os.environ, **s3, "SCRUBKIT_STAGING": str(tmp_path / "staging")}
    command = [sys.executable, "-m", "scrubkit", "clean", "s3://crawl/in", "-o", "s3://crawl/out"]
    command += ["--isolated", "--no-dedup", "-j", "2"]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "results in s3://crawl/out" in told.stderr
    store.invalidate_cache()

    def fetch(root: str) -> dict[str, bytes]:
        return {name[len(root) + 1 :]: store.cat_file(name) for name in store.find(root)}

    same_as_local(fetch, "crawl/out", tmp_path)
    env |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "s3://crawl/out: the store refuses" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_command_refuses_a_report_of_a_store(memory: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use is told before anything is done."""
    fill(memory, "/in")
    with pytest.raises(SystemExit) as told:
        main(["clean", "memory://in", "-o", "memory://out", "--report", "r.html", "--isolated"])
    assert told.value.code == 2
    assert "needs a corpus in a folder" in capsys.readouterr().err
