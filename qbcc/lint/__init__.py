"""What is no error and yet hardly meant: findings of any language, their levels, what silences them."""
