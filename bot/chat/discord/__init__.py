"""Discord: pure renderers, its commands, what its errors mean, and the adapter that joins them."""
