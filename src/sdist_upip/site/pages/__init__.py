"""The pages of a site for people, as bytes. Writing them to the site is for its caller."""
