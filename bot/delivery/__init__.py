"""From matches to messages: pure judgement."""
