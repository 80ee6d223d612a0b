"""Pages for readers; every figure on them comes from the same functions as the API's."""
