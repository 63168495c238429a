"""What happens by itself: what is due and when (`due`), and rounds of visits (`routing`).

Drafts of plans and the night's jobs will stand on this floor.
"""
