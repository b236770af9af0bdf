"""
Helpers that several tests share: generators, rooms, frames and checks of texts.

A test module is never imported, neither from here nor by another test; what computes the
expected result a second time is in `tests.reference`.
"""
