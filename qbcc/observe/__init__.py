"""What a run did: traces, profiles, graphs of a program, outcomes."""
