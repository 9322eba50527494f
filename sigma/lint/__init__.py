"""What is no error in σ and yet hardly meant."""
