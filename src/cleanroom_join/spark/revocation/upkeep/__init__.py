"""
What people do with consent tables besides the job: look, recall releases, replay.

Nothing here returns a row of a subject, and no text of it has an exact count.
"""
