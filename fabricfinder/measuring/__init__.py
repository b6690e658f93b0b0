"""How well it finds: the encoder and the app's own search under the evaluation protocols."""
