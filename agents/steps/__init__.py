"""The steps of a review: one step is one module is one function."""
