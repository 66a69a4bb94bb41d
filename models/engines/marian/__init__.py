"""Marian's student models: transformer encoders, decoders of simple recurrent units, int8, on PyTorch."""
