"""The circuit of a program in other languages, and as a drawing."""
