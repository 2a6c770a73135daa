"""The server of `sdist-upip serve`, for development: answers, and sites that are built again."""
