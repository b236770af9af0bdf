"""
The budget against reconstruction: how many figures one set of subjects bears.

A figure about *n* subjects is an equation about *n* unknowns, so it costs each of them
a share of 1/*n*.  If nobody's shares add up to more than a limit below 1, every set of
subjects has fewer figures than members, and most of their values stay open.

Nothing here suppresses a cell: the guard does, where this package finds no room.

- `lines`: what is charged, and against which limit;
- `residual_sizes`: *n*, the subjects that remain of a figure beside the nearest other;
- `shares`: the shares of the subjects of a release;
- `spending`: which cells of a release the budget has room for.

Dinur and Nissim, "Revealing information while preserving privacy", PODS 2003: enough
sums over subsets disclose nearly all of a table, whatever small noise they carry.
"""
