"""How it is told: figures, tables and pages."""
