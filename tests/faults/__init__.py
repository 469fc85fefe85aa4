"""Fault runs: the running program on loopback, among publishers who misbehave in every way we could think of.

    python -m tests.faults                      # all rows, some minutes
    python -m tests.faults wire bombs --quick   # a sample of two of them
    python -m tests.faults --report docs/reliability.md

Each row drives only what a person has too (commands, feeds.yaml, the log, the database), as a process of its own, and
tells how many cases it tried and which promises did not hold. docs/reliability.md says what is promised.
"""
