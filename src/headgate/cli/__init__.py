"""The `headgate` command, one file per subcommand."""
