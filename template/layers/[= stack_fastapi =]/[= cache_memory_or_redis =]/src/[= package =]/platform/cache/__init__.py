"""The cache: answers of reads, kept with what tells whether they still hold."""
