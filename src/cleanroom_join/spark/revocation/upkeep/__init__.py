"""
What people read of consent tables: how the job stands, and which releases to recall.

Nothing here returns a row of a subject, and no text of it has an exact count.
"""
