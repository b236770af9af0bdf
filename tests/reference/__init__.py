"""
Second implementations, written apart from the package: references and attackers.

They state what the package must compute, so they take as little from it as they can.
"""
