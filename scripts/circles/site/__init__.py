"""How it is read: render the pages, check the site."""
