"""What we know and decide: plain values and functions, no input or output."""
