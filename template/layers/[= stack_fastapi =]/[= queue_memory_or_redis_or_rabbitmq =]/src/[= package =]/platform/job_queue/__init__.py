"""Jobs: work that requests leave for later, and that workers do until it is done."""
