"""The language server's knowledge of sources in σ."""
