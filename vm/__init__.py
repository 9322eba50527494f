"""The machine of QBC: instruction table, engines, quantum back ends."""
