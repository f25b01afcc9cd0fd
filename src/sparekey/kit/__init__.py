"""Small pure parts without a word of the product in them."""
