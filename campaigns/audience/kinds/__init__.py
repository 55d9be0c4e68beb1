"""The kinds of conditions about people, landscapes, campaigns and protection, a class each. Those about calls and
signals are in `calls/audience.py` and `signals/audience.py`. docs/how-to/add-an-audience-condition.md adds one.
"""
