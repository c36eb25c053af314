"""Files of any size, by signed URLs: their bytes pass the contexts by."""
