"""What the lexers say of every source of the project, for the grammars of the extension to agree with: ``python -m
tests.lsp.tokens`` prints JSON, of each file its path and rows of line and columns from 0, and a class."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from qbcc.source import SourceFile
from qbcc.syntax.lexer import tables, tokenise
from sigma.lexer import KEYWORDS, lex
from vm.isa import BY_NAME

ROOT = Path(__file__).parents[2]
Row = tuple[int, int, int, str]
_QBC = {
    "DEFINE": "directive", "MACRO": "directive", "DIRECTIVE": "directive", "LOCAL": "local", "REGISTER": "register",
    "INTEGER": "number", "FLOAT": "number", "STRING": "string", "CHARACTER": "character", "NAME": "name",
}  # fmt: skip
_SIGMA = {"INTEGER": "number", "FLOAT": "number", "STRING": "string", "NAME": "name", "TRUE": "keyword"}


def assembly(source: SourceFile) -> Iterator[Row]:
    """Tokens of each line; operators and the like are left out."""
    names = tables()[2]
    for number, text in enumerate(source.lines):
        key, words, columns = tokenise(text)
        kinds = [names[letter] for letter in key]
        first = 0
        while kinds[first + 1 : first + 2] == ["COLON"]:
            first += 2
        for place, (kind, word, column) in enumerate(zip(kinds, words, columns, strict=True)):
            found = _QBC.get(kind, "")
            if place == first and kind == "NAME":
                found = "mnemonic" if word.upper() in BY_NAME else "macro"
            if found:
                yield number, column - 1, column - 1 + len(word), found
        if "COMMENT" not in kinds:
            end = columns[-1] - 1 + len(words[-1]) if words else 0
            if text[end:].strip():
                yield number, len(text) - len(text[end:].lstrip()), len(text), "comment"


def sigma(source: SourceFile) -> Iterator[Row]:
    """Tokens of one line, and comments; what stands in ``asm`` is left to the other grammar."""
    tokens, _ = lex(source)
    for kind, word, line, column in zip(tokens.kinds, tokens.words, tokens.lines, tokens.columns, strict=True):
        if not word or kind in ("STEP", "AT", "FROM", "AS", "REF"):
            # The end; words that may be names, which the parser tells and no lexer.
            continue
        if kind == "INTEGER" and word.startswith("'"):
            kind = "CHARACTER"
        found = {"CHARACTER": "character"}.get(kind) or _SIGMA.get(kind) or ("keyword" if word in KEYWORDS else "")
        if source.lines[line - 1].startswith(word, column - 1) and found:
            yield line - 1, column - 1, column - 1 + len(word), found
    for comment in tokens.comments:
        if "\n" not in comment.text:
            yield comment.line - 1, comment.column - 1, comment.column - 1 + len(comment.text), "comment"


def main() -> None:
    """Print them."""
    found = []
    for folder in ("examples", "stdlib"):
        for path in sorted((ROOT / folder).rglob("*")):
            rows = {".qbc": assembly, ".sigma": sigma}.get(path.suffix)
            if rows is not None:
                source = SourceFile(path.name, path.read_text("utf-8"))
                found.append({"path": str(path), "rows": list(rows(source))})
    print(json.dumps(found))


if __name__ == "__main__":
    main()
