"""Whether an estate's public page shows what the catalogue says, and which page that is."""
