"""The encoder: the smallest deflate stream within a window, by an optimal parse."""
