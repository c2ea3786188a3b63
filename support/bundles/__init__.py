"""What support is told of something that failed: nothing secret, and nothing about the people in leads."""
