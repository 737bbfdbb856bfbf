"""What a stronger model would be worth for a prompt, learned from labels of real traffic."""
