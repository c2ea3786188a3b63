"""The pictures of an agency's first page. Each comes as a fragment of its own, with the numbers as a table."""
