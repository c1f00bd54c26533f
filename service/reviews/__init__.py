"""Reviews: their states, drafts, decisions and posts."""
