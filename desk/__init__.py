"""What people look at: the static report, and one figure in a terminal."""
