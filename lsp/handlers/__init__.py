"""What editors ask for, a file for each kind: parameters of the protocol to features, and their answers back."""
