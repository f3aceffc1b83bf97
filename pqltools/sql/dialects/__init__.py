"""Which engines are spoken to?  One file each, on what all have in common in `dialect`."""
