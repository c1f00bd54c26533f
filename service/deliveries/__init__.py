"""Deliveries: webhooks as they came in, stored before they are acknowledged."""
