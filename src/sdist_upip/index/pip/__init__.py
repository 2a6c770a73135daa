"""Parts of pip's behavior that are imported only where they are needed."""
