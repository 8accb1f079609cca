"""
The quick start, walked from end to end over real HTTP.

``python -m cronofy_transports.demo`` starts the sandbox as a process of its own and
walks the six steps, and an application calendar, through the public async API.
``--live`` does the same against the real service.

Source: /developers/getting-started/quick-start-guide/api-quick-start-guide/
"""
