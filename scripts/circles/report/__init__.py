"""What people read: figures, tables and pages."""
