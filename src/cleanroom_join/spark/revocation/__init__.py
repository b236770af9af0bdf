"""
The revocation job: a stream of consent events becomes state, and Gold follows it.

In a party's own workspace.  The clean room never loads this folder: it reads the state
that the job writes (`spark.common`).
"""
