"""What an editor can do, and what it asks for: its capabilities, and the options that it is started with.

Options are a table of JSON, ``initializationOptions`` or the section ``qbc`` of the editor's configuration:

* ``commands``: it has the commands that lenses name. Without it there are none.
* ``debugger``: it can debug; then there are lenses for it.
* ``explains``: it opens documents of the scheme ``qbc-explain``, which it asks for by the request ``qbc/explain``.
* ``hints``: which kinds of hints it shows, a table of :data:`HINTS` with true or false.
* ``diagnostics``: whether it shows ``errors`` and ``findings``, true or false, and its ``limit``, how many of them in a
  file, from 1 on.
* ``lint``: its ``levels``, by code; ``off`` goes for codes of errors too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lsprotocol import types as t

from lsp.levels import levels

VALUES, ADDRESSES, STACK, MACROS, TYPES, PARAMETERS = "values", "addresses", "stack", "macros", "types", "parameters"
HINTS: Final = (VALUES, ADDRESSES, STACK, MACROS, TYPES, PARAMETERS)
"""Kinds of hints: values of constants and expressions, addresses of labels, depth of the stack, what macros become;
types of variables, names of parameters."""
MOST: Final = 1_000
"""Errors and findings that are shown in a file: more than anybody reads, and few enough for every editor."""
SECTION: Final = "qbc"
"""Of the editor's configuration."""


@dataclass(frozen=True)
class Client:
    """One editor."""

    has_snippets: bool = False
    """It fills in places of what it inserts."""
    resolves: bool = False
    """It asks for the documentation of what it shows, once it shows it."""
    has_commit: bool = False
    """It knows characters that take what is offered."""
    has_tags: bool = False
    """It strikes out what is deprecated in completion."""
    has_descriptions: bool = False
    """It opens an address behind a diagnostic's code."""
    configures: bool = False
    """It can be asked for its configuration."""
    refreshes_hints: bool = False
    """It can be told to ask for hints again."""
    refreshes_lenses: bool = False
    """The same for lenses."""
    commands: bool = False
    debugger: bool = False
    explains: bool = False
    hints: frozenset[str] = frozenset(HINTS)
    errors: bool = True
    """It shows what is wrong."""
    findings: bool = True
    """It shows what is probably a mistake."""
    most: int = MOST
    """How many of both it shows in a file."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """Levels of findings, by code."""

    def configured(self, options: Any) -> Client:
        """With other options; what is none of them, or of another type, changes nothing."""
        if not isinstance(options, dict):
            return self
        made = self
        for name in ("commands", "debugger", "explains"):
            if isinstance(options.get(name), bool):
                made = replace(made, **{name: options[name]})
        wanted = options.get("hints")
        if isinstance(wanted, bool):
            made = replace(made, hints=frozenset(HINTS) if wanted else frozenset())
        if isinstance(wanted, dict):
            kept = {kind for kind in HINTS if bool(wanted.get(kind, kind in made.hints))}
            made = replace(made, hints=frozenset(kept))
        made = made._shown(options.get("diagnostics"))
        lint = options.get("lint")
        return replace(made, levels=levels(options)) if isinstance(lint, dict) and "levels" in lint else made

    def _shown(self, wanted: Any) -> Client:
        """With other diagnostics: a table, or true or false for all of them."""
        if isinstance(wanted, bool):
            return replace(self, errors=wanted, findings=wanted)
        if not isinstance(wanted, dict):
            return self
        errors, findings, most = (wanted.get(name) for name in ("errors", "findings", "limit"))
        if isinstance(most, bool) or not isinstance(most, int) or most < 1:
            most = self.most
        return replace(
            self,
            errors=errors if isinstance(errors, bool) else self.errors,
            findings=findings if isinstance(findings, bool) else self.findings,
            most=most,
        )


PLAIN: Final = Client()
"""One that can do little."""


def client(params: t.InitializeParams) -> Client:
    """By what an editor says of itself."""
    document = params.capabilities.text_document or t.TextDocumentClientCapabilities()
    space = params.capabilities.workspace or t.WorkspaceClientCapabilities()
    item = (document.completion.completion_item if document.completion else None) or t.ClientCompletionItemOptions()
    resolved = item.resolve_support.properties if item.resolve_support else ()
    published = document.publish_diagnostics
    found = Client(
        has_snippets=bool(item.snippet_support),
        resolves="documentation" in resolved,
        has_commit=bool(item.commit_characters_support),
        has_tags=item.tag_support is not None,
        has_descriptions=bool(published and published.code_description_support),
        configures=bool(space.configuration),
        refreshes_hints=bool(space.inlay_hint and space.inlay_hint.refresh_support),
        refreshes_lenses=bool(space.code_lens and space.code_lens.refresh_support),
    )
    return found.configured(params.initialization_options)
