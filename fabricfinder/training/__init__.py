"""The lab: rendered cloth to learn from, a camera to see it through, and one training loop."""
