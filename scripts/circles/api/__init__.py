"""What ``import circles`` offers, in the words of its users."""
