"""Folders that Hugging Face's ``save_to_disk`` made: which of their files count, and a result that loads as one.

Such a folder holds Arrow streams, ``state.json`` that lists them, and ``dataset_info.json``; a ``DatasetDict`` has a
folder for each split, and ``dataset_dict.json`` above them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b, file_digest
from pathlib import Path, PurePosixPath
from typing import Any

from scrubkit.io.atomic import atomic_write, write_atomic
from scrubkit.io.remote import RemoteFile
from scrubkit.io.sources import SourceFile

__all__ = ["listed", "seal"]

_STATE, _INFO, _DICT = "state.json", "dataset_info.json", "dataset_dict.json"


def listed(folder: Path) -> frozenset[str] | None:
    """Return the names of the files a saved dataset is made of (caches of ``map`` are not), ``None`` for no dataset."""
    state = _json(folder / _STATE)
    if not isinstance(state, dict) or not isinstance(state.get("_data_files"), list):
        return None
    return frozenset(str(item.get("filename")) for item in state["_data_files"] if isinstance(item, dict))


def seal(out: Path, files: Iterable[SourceFile]) -> None:
    """Make the Arrow files below ``out`` that were written for a saved dataset into a saved dataset again.

    They become streams, the column that was added is named among the features, ``state.json``, ``dataset_info.json``
    and ``dataset_dict.json`` stand beside them as ``load_from_disk`` expects.
    """
    folders: dict[str, tuple[Path, list[str]]] = {}
    saved: dict[Path, bool] = {}
    for file in files:
        if isinstance(file.path, RemoteFile) or not file.path.name.endswith(".arrow"):
            continue
        folder = file.path.parent
        if folder not in saved:
            saved[folder] = listed(folder) is not None
        if saved[folder]:
            inner = str(PurePosixPath(file.rel).parent)
            folders.setdefault(inner, (folder, []))[1].append(PurePosixPath(file.rel).name)
    sealed: dict[str, list[str]] = {}
    for inner, (source, names) in sorted(folders.items()):
        made = [name for name in sorted(names) if (out / inner / name).is_file()]
        if made:
            _seal_one(out / inner, source, made)
            # One split alone is a dataset, not a part of one: it has no folder of its own there.
            if inner != "." and (source.parent / _DICT).is_file():
                sealed.setdefault(str(source.parent), []).append(inner)
    for root, inners in sealed.items():
        order = (_json(Path(root) / _DICT) or {}).get("splits", [])
        splits = [PurePosixPath(inner).name for inner in inners]
        told = {"splits": sorted(splits, key=lambda name: (order.index(name) if name in order else len(order), name))}
        write_atomic(out / PurePosixPath(inners[0]).parent / _DICT, json.dumps(told).encode())


def _seal_one(out: Path, source: Path, names: list[str]) -> None:
    state = blake2b(digest_size=8)
    for name in names:
        _to_stream(out / name)
        with (out / name).open("rb") as stream:
            file_digest(stream, lambda: state)  # one digest over all files
    told: dict[str, Any] = _json(source / _STATE) or {}
    told |= {
        "_data_files": [{"filename": name} for name in names],
        "_fingerprint": state.hexdigest(),
        "_format_columns": None,
    }
    write_atomic(out / _STATE, json.dumps(told, indent=2).encode())
    info: dict[str, Any] = _json(source / _INFO) or {}
    # Features stand in the files themselves; sizes and checksums of the old files would be wrong here.
    for key in ("features", "splits", "download_checksums", "download_size", "dataset_size", "size_in_bytes"):
        info.pop(key, None)
    write_atomic(out / _INFO, json.dumps(info, indent=2).encode())


def _to_stream(path: Path) -> None:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        schema = reader.schema.with_metadata(_features(reader.schema))
        with atomic_write(path, flush=False) as sink, pa.ipc.new_stream(sink, schema) as writer:
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def _features(schema: Any) -> dict[bytes, bytes]:
    """Return the schema's metadata with the columns that are not among its features named there."""
    known: dict[bytes, bytes] = dict(schema.metadata or {})
    try:
        told = json.loads(known.get(b"huggingface", b""))
        features: Mapping[str, Any] = told["info"]["features"]
    except (ValueError, KeyError, TypeError):
        known.pop(b"huggingface", None)
        return known
    more = {name: {"dtype": "string", "_type": "Value"} for name in schema.names if name not in features}
    told["info"]["features"] = {**features, **more}
    return {**known, b"huggingface": json.dumps(told).encode()}


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
