"""Requirements to one release of each package: finding, choosing and preparing."""
