"""feeds.yaml and the environment → Config, or every fault with its line."""
