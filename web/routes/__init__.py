"""One module per feature; each exports its `router`."""
