"""The workspace's frame: sign-in, sessions, security headers, shared pages and styles."""
