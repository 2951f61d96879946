"""From a trained LightGBM booster to the bytes that ``scrubkit.kernels.trees`` scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scrubkit.kernels.trees import Node, pack

__all__ = ["export"]


def export(booster: Any, feature_names: Sequence[str]) -> bytes:
    """Return the model file of a booster (``lightgbm.Booster`` or its ``dump_model()``).

    Raises ``ValueError`` for what the kernel does not do: categorical splits, missing values, over 32 leaves,
    averaged output. Train with ``use_missing=False`` and features that are finite.
    """
    dump: Mapping[str, Any] = booster if isinstance(booster, Mapping) else booster.dump_model()
    if dump.get("average_output"):
        raise ValueError("averaged trees (random forests) are not supported")
    if dump["max_feature_idx"] + 1 != len(feature_names):
        raise ValueError(f"{len(feature_names)} names for {dump['max_feature_idx'] + 1} features")
    nodes: list[list[Node]] = []
    leaves: list[list[float]] = []
    for tree in dump["tree_info"]:
        inner: list[Node] = []
        outer: list[float] = []
        _walk(tree["tree_structure"], inner, outer)
        nodes.append(inner)
        leaves.append(outer)
    return pack(feature_names, nodes, leaves)


def _walk(node: Mapping[str, Any], inner: list[Node], outer: list[float]) -> None:
    if "split_index" not in node:
        outer.append(float(node["leaf_value"]))
        return
    if node["decision_type"] != "<=" or node["missing_type"] != "None":
        raise ValueError(f"split {node['decision_type']!r} with missing values {node['missing_type']!r}")
    place, first = len(inner), len(outer)
    inner.append((0, 0.0, 0, 0, 0.0))
    _walk(node["left_child"], inner, outer)
    middle = len(outer)
    _walk(node["right_child"], inner, outer)
    inner[place] = (int(node["split_feature"]), _floor(node["threshold"]), first, middle, float(node["internal_value"]))


def _floor(threshold: float) -> float:
    """Return the largest float32 not above the threshold: it decides every float32 as the threshold does."""
    rounded = np.float32(threshold)
    if np.float64(rounded) > threshold:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    return float(rounded)
