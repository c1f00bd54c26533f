"""The model-backed analyst: pydantic-ai over the same steps, types and journal as the offline one."""
