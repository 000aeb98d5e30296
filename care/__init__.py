"""Rules: pure functions, plain values in and out, standard library only."""
