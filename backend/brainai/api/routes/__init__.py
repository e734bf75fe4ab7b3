"""One blueprint a module: parse, call, return."""
