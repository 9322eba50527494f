"""Random edits, and questions in between; ``python -m tests.fuzz lsp 500`` makes 10,000."""

from __future__ import annotations

from lsprotocol import types as t

from tests.fuzz.editor import EDITS, programs, questions, try_edits


def test_random_edits() -> None:
    ends = [try_edits(seed) for seed in range(12)]
    assert EDITS * len(ends) >= 240
    assert len(set(ends)) > 3, "the edits break programs in few ways"
    assert {name.rpartition(".")[2] for name, _ in programs()} == {"qbc", "sigma", "json"}


def test_everything_is_asked() -> None:
    assert {
        t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, t.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE,
        t.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, t.TEXT_DOCUMENT_REFERENCES, t.TEXT_DOCUMENT_RENAME, t.TEXT_DOCUMENT_PREPARE_RENAME,
        t.TEXT_DOCUMENT_DEFINITION, t.TEXT_DOCUMENT_DECLARATION, t.TEXT_DOCUMENT_TYPE_DEFINITION, t.WORKSPACE_SYMBOL,
        t.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, t.TEXT_DOCUMENT_DOCUMENT_LINK, t.TEXT_DOCUMENT_FOLDING_RANGE,
        t.TEXT_DOCUMENT_SELECTION_RANGE, t.TEXT_DOCUMENT_DOCUMENT_SYMBOL, t.TEXT_DOCUMENT_HOVER, t.TEXT_DOCUMENT_COMPLETION,
        t.TEXT_DOCUMENT_SIGNATURE_HELP, t.TEXT_DOCUMENT_CODE_ACTION, t.TEXT_DOCUMENT_FORMATTING, t.TEXT_DOCUMENT_RANGE_FORMATTING,
    } <= set(questions())  # fmt: skip
