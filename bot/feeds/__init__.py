"""From an address to items."""
