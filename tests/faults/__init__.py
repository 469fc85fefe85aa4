"""Fault runs: the running program on loopback, killed and deceived, among publishers and platforms that misbehave.

    python -m tests.faults                      # all rows, within three quarters of an hour
    python -m tests.faults wire bombs --quick   # a sample of two of them
    python -m tests.faults kills --full --resume /var/tmp/faults    # hours; the same words go on where it broke off
    python -m tests.faults --report docs/reliability.md

Each row drives only what a person has too (commands, feeds.yaml, the log, the database), as a process of its own, and
tells how many cases it tried and which promises did not hold. What became of stories is told by `checker`, from the
platform's log and the database alone. docs/reliability.md says what is promised.
"""
