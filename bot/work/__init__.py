"""The deeds: they put judgement and edges in order, and know protocols only."""
