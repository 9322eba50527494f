"""The circuit of a program with everything that outcomes decide in it: both arms of each decision are followed."""
