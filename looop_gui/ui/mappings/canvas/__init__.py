"""The canvas: source attributes, target attributes, and the wires and nodes between them."""
