"""Slack: two pure renderers, what its errors mean, the app's manifest, and the adapter that joins them."""
