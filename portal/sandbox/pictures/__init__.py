"""Pictures of estates that nobody built: flat, muted drawings, the same on every machine."""
