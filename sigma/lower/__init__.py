"""The checked tree to the intermediate form."""
