"""Which suppliers get which packs: the award calculator. Plain data in, plain data out."""
