"""Benchmarks that print ratios, each against a baseline measured in the same run, on PostgreSQL."""
