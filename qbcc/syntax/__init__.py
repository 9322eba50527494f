"""The syntax of QBC: from text to lines, and back."""
