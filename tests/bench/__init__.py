"""Benchmarks that print ratios: each measurement against a baseline measured in the same run, on PostgreSQL."""
