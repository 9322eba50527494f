"""The command lines ``qbcc`` and ``qbc``. Only here is anything printed, and only here does the process end."""
