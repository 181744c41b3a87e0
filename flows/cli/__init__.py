"""The command `crossfoot`: what may be asked, and how the answer looks in a terminal."""
