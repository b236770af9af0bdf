"""
Kinds that are published hashes: SHA-256 of an identifier, as an advertiser makes it.

A column of such a kind holds identifiers, which are normalised by the published rules
and hashed, or the hashes themselves; both give one text, of which the token is made.
Nothing is repaired that the publication does not repair, and no hash with a key
belongs here: only who has the key could make it of a raw identifier.
"""
