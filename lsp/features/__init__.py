"""One file for each thing that an editor asks for: text and analysis in, plain data out."""
