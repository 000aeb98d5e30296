"""Memory: the tables, and the verbs that read and change them."""
