"""``python -m scrubkit``."""

from scrubkit.cli import main

if __name__ == "__main__":
    main(prog_name="scrubkit")
