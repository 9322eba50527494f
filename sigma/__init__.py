"""σ, the language above QBC: front end, passes, code generation."""
