"""The block model: which blocks of a page are main content.

Light to import: features, trees and NumPy are loaded when the first document is scored.
"""

from scrubkit.model.rule import BPL, KEP, findings, score_blocks
from scrubkit.model.select import BETAS, Keep, select

__all__ = ["BETAS", "BPL", "KEP", "Keep", "findings", "score_blocks", "select"]
