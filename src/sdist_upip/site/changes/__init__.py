"""Changes of a site: releases that come and go, the order of the writes, and interrupted runs."""
