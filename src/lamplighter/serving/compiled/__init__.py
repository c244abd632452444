"""Plans and how they are carried out: encode a row, walk the trees, link the score."""
