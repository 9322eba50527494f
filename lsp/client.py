"""What an editor can do, and what it asks for: its capabilities, and the options that it is started with.

Options are a table of JSON, ``initializationOptions`` or the section ``qbc`` of the editor's configuration:

* ``commands``: it has the commands that lenses name. Without it there are none.
* ``debugger``: it can debug; then there are lenses for it.
* ``explains``: it opens documents of the scheme ``qbc-explain``, which it asks for by the request ``qbc/explain``.
* ``hints``: which kinds of hints it shows, a table of :data:`HINTS` with true or false."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from lsprotocol import types as t

VALUES, ADDRESSES, STACK, MACROS, TYPES, PARAMETERS = "values", "addresses", "stack", "macros", "types", "parameters"
HINTS: Final = (VALUES, ADDRESSES, STACK, MACROS, TYPES, PARAMETERS)
"""Kinds of hints: values of constants and expressions, addresses of labels, depth of the stack, what macros become;
types of variables, names of parameters."""
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
    pulls: bool = False
    """It asks for diagnostics; then it is told none unasked."""
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
            return replace(made, hints=frozenset(HINTS) if wanted else frozenset())
        if isinstance(wanted, dict):
            kept = {kind for kind in HINTS if bool(wanted.get(kind, kind in made.hints))}
            made = replace(made, hints=frozenset(kept))
        return made


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
        pulls=document.diagnostic is not None,
        configures=bool(space.configuration),
        refreshes_hints=bool(space.inlay_hint and space.inlay_hint.refresh_support),
        refreshes_lenses=bool(space.code_lens and space.code_lens.refresh_support),
    )
    return found.configured(params.initialization_options)
