"""What happens by itself: what is due and when (`due`).

The schedule of visits and the night's jobs will stand on this floor.
"""
