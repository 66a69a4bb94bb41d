"""The documents, as the tests read and run them."""
