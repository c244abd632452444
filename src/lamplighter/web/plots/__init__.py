"""Drawings as SVG, made by the server: numbers in, markup out. Colours and strokes are classes of the style sheet."""
