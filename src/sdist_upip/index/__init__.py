"""The client side of simple indexes (PEP 503, PEP 691): pages, downloads, cache, pip's settings.

Nothing here depends on the format of device archives.
"""
