"""The machine of QBC: instruction table, engines, quantum back ends. Runs on Linux and macOS."""

import sys

if sys.platform == "win32":
    raise ImportError("QBC does not run on Windows itself: install it in WSL (https://learn.microsoft.com/windows/wsl)")
