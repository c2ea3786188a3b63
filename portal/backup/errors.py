class BackupError(Exception):
    """Why no copy could be made or taken back, in a sentence for the operator."""
