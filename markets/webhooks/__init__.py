"""Webhooks: other systems are told what happens in a workspace.

Domain functions call `publish` in their own transaction, which writes the outbox only where a webhook wants the event.
The workers send what waits there (courier, queue, sending), at least once and in order for each person.
"""
