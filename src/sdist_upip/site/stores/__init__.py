"""The places where a site can be: a directory, an object store, another computer."""
