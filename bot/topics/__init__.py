"""Is an item about the convention, and what about it: pure judgement."""
