"""Sources of QBC in their one layout."""
