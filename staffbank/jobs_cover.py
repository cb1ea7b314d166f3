"""What the staff bank does later for cover: searches for carers, shares a request with the federation."""
