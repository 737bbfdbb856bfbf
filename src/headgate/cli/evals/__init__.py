"""Sub-commands of `headgate eval`, one file each."""
