"""Batch jobs: upload, storage, queue, workers, webhooks."""
