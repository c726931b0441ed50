"""FTP: may anybody log in as anonymous, and how much stands in the folder where that ends? Names are not kept."""
