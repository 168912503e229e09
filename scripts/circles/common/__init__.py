"""What every room of the library needs: files, locks, the environment, processes, errors."""
