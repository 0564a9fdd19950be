"""The examples, run on the sandbox."""
