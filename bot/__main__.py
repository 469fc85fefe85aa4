"""python -m bot: the same as treatywatch."""

from bot.cli import main

main()
