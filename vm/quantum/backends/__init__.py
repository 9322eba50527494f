"""What runs circuits: Aer, IonQ, a script of outcomes; and the noise that a simulation has."""
