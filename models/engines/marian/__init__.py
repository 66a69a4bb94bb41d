"""Marian's student models on PyTorch: transformer encoder, SSRU decoder, int8 weights."""
