"""Connected boards on the command line: the option `--board`, and the command `boards`."""
