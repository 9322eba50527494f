"""Addresses of files as the editor writes them.

Compilers name a file by its path with links resolved; an editor knows it by the folder that it opened, which may be a
link, and compares addresses letter by letter."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from pygls.uris import to_fs_path


class Addresses:
    """The addresses of all files at one moment, for any thread."""

    def __init__(self, folders: Iterable[str], documents: Iterable[tuple[str, str]]) -> None:
        """``folders`` are the addresses of the workspace's, ``documents`` those of what is open, each with its path."""
        self._folders: dict[str, str] = {}
        """Addresses of folders, by path."""
        self._open: dict[str, str] = {}
        for uri in folders:
            path = to_fs_path(uri)
            if path:
                self._folders.setdefault(os.path.realpath(path), uri.removesuffix("/"))
        for uri, path in documents:
            self._open.setdefault(path, uri)
            for folder, address in _folders(uri, path):
                self._folders.setdefault(folder, address)

    def __call__(self, path: str) -> str:
        """The editor's own address of what it has open; of another file, the one below a folder that it knows."""
        known = self._open.get(path)
        if known is not None:
            return known
        rest = []
        folder = path
        while True:
            folder, name = os.path.split(folder)
            if not name:
                return Path(path).as_uri()
            rest.append(quote(name, safe="~"))
            address = self._folders.get(folder)
            if address is not None:
                return "/".join((address, *reversed(rest)))


def _folders(uri: str, path: str) -> Iterable[tuple[str, str]]:
    """The folders around an open document that the editor's address names as the path does, the nearest first."""
    written = to_fs_path(uri)
    if written is None:
        return
    real, own = PurePosixPath(path).parts, PurePosixPath(written).parts
    parts = uri.split("/")
    same = 0
    while same < min(len(real), len(own), len(parts)) - 1 and real[-1 - same] == own[-1 - same]:
        same += 1
        yield str(PurePosixPath(*real[:-same])), "/".join(parts[:-same])
