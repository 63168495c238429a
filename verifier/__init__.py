"""What is true: rules decide, models remember, queries ask, operations do.

Arrows go down only: operations -> queries -> models -> db -> rules -> errors.
"""
