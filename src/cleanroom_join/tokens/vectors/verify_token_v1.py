#!/usr/bin/env python3
"""
Stand-alone verifier of token specification v1: Python's standard library only.

A second implementation, written from ``docs/spec/token-v1.md`` and not from the
library: loops over characters instead of steps, HMAC from two hashes, the calendar
from `datetime`, Latin letters from `unicodedata`.  It made the vector file.

    python verify_token_v1.py token_v1.json
    python verify_token_v1.py token_v1.json --template cases.csv
    python verify_token_v1.py token_v1.json --results results.csv

The first recomputes every case of the file.  The second writes the inputs for an
implementation of your own; the third compares its answers, a CSV file with the
columns tcId, token (empty or NULL where there is none) and, if you like, reason; a
spreadsheet may have saved it.  The exit code is 0 if everything agrees, 1 if not, 2 if
a file cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import csv
import datetime as dt
import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

# --- 2. Tables ----------------------------------------------------------------

WHITE = (
    *((0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680)),
    *((0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F)),
    (0x3000, 0x3000),
)
INVISIBLE = (
    *((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD)),
    *((0x34F, 0x34F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
    *((0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
DASHES = (
    *((0x2D, 0x2D), (0x58A, 0x58A), (0x5BE, 0x5BE), (0x1806, 0x1806)),
    *((0x2010, 0x2015), (0x2043, 0x2043), (0x207B, 0x207B), (0x208B, 0x208B)),
    *((0x2212, 0x2212), (0xFE58, 0xFE58), (0xFE63, 0xFE63), (0xFF0D, 0xFF0D)),
)
QUOTES = (
    *((0x22, 0x22), (0x27, 0x27), (0x60, 0x60), (0xB4, 0xB4), (0xB7, 0xB7)),
    *((0x387, 0x387), (0x2B9, 0x2BF), (0x2C8, 0x2C8), (0x2EE, 0x2EE)),
    *((0x2018, 0x201F), (0x2027, 0x2027), (0x2032, 0x2033), (0x2219, 0x2219)),
    *((0x22C5, 0x22C5), (0xA78B, 0xA78C), (0xFF02, 0xFF02), (0xFF07, 0xFF07)),
)
ZEROS = (0xFF10, 0x660, 0x6F0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6)
# A letter and what it becomes.
_SPECIAL_LETTERS = (
    "\u00dfSS \u1e9eSS \u00c6AE \u00e6AE \u0152OE \u0153OE \u00d8O \u00f8O "
    "\u0141L \u0142L \u0110D \u0111D \u00d0D \u00f0D \u00deTH \u00feTH \u0131I "
    "\u014aNG \u014bNG \u0126H \u0127H \u0166T \u0167T \u0132IJ \u0133IJ "
    "\u013fL \u0140L \u0149N \u017fS "
    # Schwa; letters with a hook or a bar, and other African ones; digraphs, ligatures.
    "\u018fE \u0259E \u0190E \u025bE \u0181B \u0253B \u018aD \u0257D \u0189D \u0256D "
    "\u0198K \u0199K \u01b3Y \u01b4Y \u019dN \u0272N \u0186O \u0254O \u0191F \u0192F "
    "\u0194G \u0263G \u01b2V \u028bV \u0197I \u0268I \u01b5Z \u01b6Z "
    "\u01c4DZ \u01c5DZ \u01c6DZ \u01f1DZ \u01f2DZ \u01f3DZ \u01c7LJ \u01c8LJ \u01c9LJ "
    "\u01caNJ \u01cbNJ \u01ccNJ \ufb00FF \ufb01FI \ufb02FL"
)
SPECIAL_LETTERS = {pair[0]: pair[1:] for pair in _SPECIAL_LETTERS.split()}
NULL_WORDS = set(
    (
        "NULL (NULL) <NULL> [NULL] NONE NIL \\N UNDEFINED NA N/A N.A N.A. #N/A #NA "
        "<NA> NOTAVAILABLE NOTAPPLICABLE NAN NAT INF INFINITY 1.#QNAN 1.#IND #NULL! "
        "#REF! #VALUE! #NAME? #NUM! #DIV/0! UNKNOWN UNK MISSING EMPTY BLANK TBA TBC "
        "TBD ?"
    ).split()
)
GMAIL = ("gmail.com", "googlemail.com")
TAGGED = (
    *("hotmail.com", "live.com", "outlook.com", "icloud.com", "proton.me"),
    "fastmail.com",
)
# Other domains of the same mailboxes.
SAME = {
    **dict.fromkeys(("me.com", "mac.com"), "icloud.com"),
    **dict.fromkeys(("protonmail.com", "pm.me"), "proton.me"),
}
# Calling code, digits after it, with which they begin, trunk prefixes (in order).
_PLANS = (
    "1 10 2-9 1;20 8-10 1-9 0;211 9 1-9 0;212 9 1-9 0;213 8-9 1-9 0;216 8 1-9 0;"
    "218 9 1-9 0;220 7,9 1-9 0;221 9 1-9 0;222 8 1-9 0;223 8 1-9 0;224 8-9 1-9 0;"
    "225 10 0-9 -;226 8 0-9 -;227 8 0-9 -;228 8 1-9 0;229 10 0-9 -;230 7-8,10 1-9 0;"
    "231 7-9 1-9 0;232 8 1-9 0;233 8-9 1-9 0;234 10-12 1-9 0;235 8 1-9 0;236 8 1-9 0;"
    "237 8-9 1-9 0;238 7 1-9 0;239 7 1-9 0;240 9 1-9 0;241 7-8 0-9 0;242 9 0-9 -;"
    "243 7-10 1-9 0;244 9 1-9 0;245 7,9 1-9 0;246 7 1-9 0;247 5 1-9 -;248 7 1-9 0;"
    "249 9 1-9 0;250 8-9 0-9 0;251 9 1-9 0;252 6-9 1-9 0;253 8 1-9 0;254 7-10 1-9 0;"
    "255 9 1-9 0;256 9 1-9 0;257 8 1-9 0;258 8-9 1-9 0;260 9 1-9 0;261 9 1-9 0;"
    "262 9 1-9 0;263 7,9-10 1-9 0;264 8-9 1-9 0;265 7,9 1-9 0;266 8 1-9 0;"
    "267 7-8,10 1-9 0;268 8-9 1-9 0;269 7 1-9 0;27 5-10 1-9 0;290 4-5 1-9 0;"
    "291 7 1-9 0;297 7 1-9 0;298 6 1-9 0;299 6 1-9 0;30 10-12 1-9 0;31 5-11 1-9 0;"
    "32 8-9 1-9 0;33 9 1-9 0;34 9 1-9 0;350 8 1-9 0;351 9 1-9 0;352 4-11 1-9 0;"
    "353 7-10 1-9 0;354 7,9 1-9 0;355 6-9 1-9 0;356 8 1-9 0;357 8 1-9 0;"
    "358 5-12 1-9 0;359 6-9,12 1-9 0;36 8-9 1-9 06/0;370 8 1-9 0/8;371 8 1-9 0;"
    "372 7-8,10 1-9 0;373 8 1-9 0;374 8 1-9 0;375 9-10 1-9 0/80;376 6,8-9 1-9 0;"
    "377 8-9 1-9 0;378 8,10 0-9 -;380 9-10 1-9 0;381 6-12 1-9 0;382 8-9 1-9 0;"
    "383 8-12 1-9 0;385 7-9 1-9 0;386 5-8 1-9 0;387 8-9 1-9 0;389 8 1-9 0;"
    "39 6-12 0-9 -;40 6,9 1-9 0;41 9,12 1-9 0;420 9-12 1-9 0;421 6-7,9 1-9 0;"
    "423 7,9 1-9 0;43 4-13 1-9 0;44 7,9-10 1-9 0;45 8 1-9 0;46 6-10,12 1-9 0;"
    "47 8 1-9 0;48 6-10 1-9 0;49 4-13 1-9 0;500 5 1-9 0;501 7,11 1-9 0;"
    "502 8,11 1-9 0;503 7-8,11 1-9 0;504 8,11 1-9 0;505 8 1-9 0;506 8,10 1-9 0;"
    "507 7-8,10-11 1-9 0;508 6,9 1-9 0;509 8 1-9 0;51 8-9 1-9 0;52 10 2-9 01/0/1;"
    "53 6-8,10 1-9 0;54 10-11 1-9 0;55 8-11 1-9 0;56 9-11 1-9 0;57 8,10-11 1-9 0;"
    "58 10 1-9 0;590 9 1-9 0;591 8-9 1-9 0;592 7 1-9 0;593 8-11 1-9 0;594 9 1-9 0;"
    "595 6-11 1-9 0;596 9 1-9 0;597 6-7 1-9 0;598 4-12 1-9 0;599 7-8 1-9 0;"
    "60 8-10 1-9 0;61 5-10,12 1-9 0;62 7-13 1-9 0;63 6,8-13 1-9 0;64 5-10 1-9 0;"
    "65 8,10-11 1-9 0;66 8-10,13 1-9 0;670 7-8 1-9 0;672 6 1-9 0;673 7 1-9 0;"
    "674 7 1-9 0;675 7-8 1-9 0;676 5,7 1-9 0;677 5,7 1-9 0;678 5,7 1-9 0;"
    "679 7,11 1-9 0;680 7 1-9 0;681 6,9 1-9 0;682 5 1-9 0;683 4,7 1-9 0;"
    "685 5-7,10 1-9 0;686 5,8 1-9 0;687 6 1-9 0;688 5-7 1-9 0;689 6,8-9 1-9 0;"
    "690 4-7 1-9 0;691 7 1-9 0;692 7 1-9 0;7 10 1-9 8;800 8 0-9 -;808 8 1-9 -;"
    "81 8-13 1-9 0;82 5-6,8-13 1-9 0;84 7-10 1-9 0;850 8,10 1-9 0;852 5-9,11 1-9 0;"
    "853 8 1-9 0;855 8-10 1-9 0;856 8-10 1-9 0;86 7-12 1-9 0;870 9,12 1-9 -;"
    "878 12 1-9 -;880 6-10 1-9 0;881 9-10 1-9 -;882 7-12 1-9 -;883 8-12 1-9 -;"
    "886 7-11 1-9 0;888 11 0-9 -;90 7,10,12-13 1-9 0;91 8-13 1-9 0;92 8-12 1-9 0;"
    "93 9 1-9 0;94 9 1-9 0;95 6-10 1-9 0;960 7,10 1-9 0;961 7-8 1-9 0;962 8-9 1-9 0;"
    "963 8-9 1-9 0;964 8-10 1-9 0;965 7-8 1-9 0;966 9-10 1-9 0;967 7-9 1-9 0;"
    "968 7-9 1-9 0;970 8-10 1-9 0;971 5-12 1-9 0;972 7-12 1-9 0;973 8 1-9 0;"
    "974 7-9,11 1-9 0;975 7-8 1-9 0;976 8-10 1-9 0;977 8,10-11 1-9 0;979 9 1-9 -;"
    "98 4-7,10 1-9 0;992 9 0-9 -;993 8 1-9 8;994 9 1-9 0;995 9 1-9 0;996 9-10 1-9 0;"
    "998 9 1-9 0;"
)
# Country, calling code, trunk prefix, digits after it, digits without it, what is
# dialled for "+" (a pattern), and "?" if that begins like 00 before a calling code.
_COUNTRIES = (
    "AC 247 - - 5 00;AD 376 - - 6,9 00;AE 971 0 8-9 - 00;AF 93 0 9 9 00;"
    "AG 1 1 10 10 011;AI 1 1 10 10 011;AL 355 0 8-9 - 00;AM 374 0 8 8 00;"
    "AO 244 - - 9 00;AR 54 0 10 - 00;AS 1 1 10 10 011;AT 43 0 4-13 - 00;"
    "AU 61 0 9 9 (?:001[14-689]|14(?:1[14]0011|340011|4[17]0011|[56]60011|7[47]0011|8"
    "80011));AW 297 - - 7 00;"
    "AX 358 0 6-10 - (?:00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09])));"
    "AZ 994 0 9 9 00;BA 387 0 8-9 - 00;BB 1 1 10 10 011;BD 880 0 6-10 - 00;"
    "BE 32 0 8-9 - 00;BF 226 - - 8 00;BG 359 0 6-9 - 00;BH 973 - - 8 00;"
    "BI 257 - - 8 00;BJ 229 - - 10 00;BL 590 0 9 9 00;BM 1 1 10 10 011;"
    "BN 673 - - 7 00;BO 591 0 8-9 8 -;BQ 599 - - 7 00;"
    "BR 55 0 8-11 10-11 00(?:1[245]|2[1-35]|31|4[13]|[56]5|99) ?;BS 1 1 10 10 011;"
    "BT 975 - - 7-8 00;BW 267 - - 7-8 00;BY 375 80 9 - 810;BZ 501 - - 7 00;"
    "CA 1 1 10 10 011;"
    "CC 61 0 9 9 (?:001[14-689]|14(?:1[14]0011|340011|4[17]0011|[56]60011|7[47]0011|8"
    "80011));CD 243 0 7-10 - 00;CF 236 - - 8 00;CG 242 - - 9 00;CH 41 0 9 9 00;"
    "CI 225 - - 10 00;CK 682 - - 5 00;"
    "CL 56 - - 9 (?:00|1(?:1[0-69]0|2[02-5]0|5[13-58]0|690|7[0167]0|8[018]0));"
    "CM 237 - - 9 00;"
    "CN 86 0 7-11 11 (?:00|1(?:[12][0-9][0-9][0-9]00|79[0-9][0-9]00));"
    "CO 57 - - 10 00(?:4(?:[14]4|56)|[579]) ?;CR 506 - - 8 00;CU 53 0 6-10 - 119;"
    "CV 238 - - 7 -;CW 599 - - 7-8 00;"
    "CX 61 0 9 9 (?:001[14-689]|14(?:1[14]0011|340011|4[17]0011|[56]60011|7[47]0011|8"
    "80011));CY 357 - - 8 00;CZ 420 - - 9 00;DE 49 0 5-15 - 00;DJ 253 - - 8 00;"
    "DK 45 - - 8 00;DM 1 1 10 10 011;DO 1 1 10 10 011;DZ 213 0 8-9 - 00;"
    "EC 593 0 8-9 - 00;EE 372 - - 7-8 00;EG 20 0 8-10 - 00;EH 212 0 9 9 00;"
    "ER 291 0 7 7 00;ES 34 - - 9 00;ET 251 0 9 9 00;"
    "FI 358 0 5-10 - (?:00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09])));"
    "FJ 679 - - 7 0(?:0|52);FK 500 - - 5 00;FM 691 - - 7 00;FO 298 - - 6 00;"
    "FR 33 0 9 9 00;GA 241 0 8 7-8 00;GB 44 0 9-10 - 00;GD 1 1 10 10 011;"
    "GE 995 0 9 9 00;GF 594 0 9 9 00;GG 44 0 10 10 00;GH 233 0 9 9 00;"
    "GI 350 - - 8 00;GL 299 - - 6 00;GM 220 - - 7-9 00;GN 224 - - 8-9 00;"
    "GP 590 0 9 9 00;GQ 240 - - 9 00;GR 30 - - 10 00;GT 502 - - 8 00;"
    "GU 1 1 10 10 011;GW 245 - - 9 00;GY 592 - - 7 001;HK 852 - - 8 001;"
    "HN 504 - - 8 00;HR 385 0 8-9 - 00;HT 509 - - 8 00;HU 36 06 8-9 - 00;"
    "ID 62 0 7-12 - 00[89] ?;IE 353 0 7-10 - 00;IL 972 0 8-12 - 0(?:0|1(?:05|[2-9]));"
    "IM 44 0 10 10 00;IN 91 0 10 10 00;IO 246 - - 7 00;IQ 964 0 8-10 - 00;"
    "IR 98 0 6-10 - 00;IS 354 - - 7-9 (?:00|1(?:0(?:01|[12]0)|100));"
    "IT 39 - - 9-10 00;JE 44 0 10 10 00;JM 1 1 10 10 011;JO 962 0 8-9 - 00;"
    "JP 81 0 9-10 - 010;KE 254 0 7-9 - 000;KG 996 0 9 9 00;KH 855 0 8-9 - 00[14-9] ?;"
    "KI 686 0 5-8 5,8 00;KM 269 - - 7 00;KN 1 1 10 10 011;KP 850 0 8-10 - (?:00|99);"
    "KR 82 0 5-10 - 00(?:[125689]|3(?:[46]5|91)|7(?:00|27|3|55|6[126])) ?;"
    "KW 965 - - 8 00;KY 1 1 10 10 011;KZ 7 8 10 10 810;LA 856 0 8-10 - 00;"
    "LB 961 0 7-8 7-8 00;LC 1 1 10 10 011;LI 423 0 7-9 7-9 00;LK 94 0 9 9 00;"
    "LR 231 0 7-9 - 00;LS 266 - - 8 00;LT 370 0 8 8 00;LU 352 - - 6-9 00;"
    "LV 371 - - 8 00;LY 218 0 9 9 00;MA 212 0 9 9 00;MC 377 0 8-9 8-9 00;"
    "MD 373 0 8 8 00;ME 382 0 8 8 00;MF 590 0 9 9 00;MG 261 0 9 9 00;"
    "MH 692 1 7 7 011;MK 389 0 8 8 00;ML 223 - - 8 00;MM 95 0 6-10 - 00;"
    "MN 976 0 8-10 8-10 001;MO 853 - - 8 00;MP 1 1 10 10 011;MQ 596 0 9 9 00;"
    "MR 222 - - 8 00;MS 1 1 10 10 011;MT 356 - - 8 00;"
    "MU 230 - - 7-8 0(?:0|[24-7]0|3[03]);MV 960 - - 7 0(?:0|19);MW 265 0 7-9 - 00;"
    "MX 52 - - 10 0[09];MY 60 0 8-10 - 00;MZ 258 - - 8-9 00;NA 264 0 8-9 - 00;"
    "NC 687 - - 6 00;NE 227 - - 8 00;NF 672 - - 6 00;NG 234 0 10 10 009 ?;"
    "NI 505 - - 8 00;NL 31 0 9-11 - 00;NO 47 - - 8 00;NP 977 0 8-10 8-10 00;"
    "NR 674 - - 7 00;NU 683 - - 7 00;NZ 64 0 8-10 - 0(?:0|161);OM 968 - - 8 00;"
    "PA 507 - - 7-8 00;PE 51 0 8-9 8-9 (?:00|19(?:1[124]00|7700|9000));"
    "PF 689 - - 8 00;PG 675 - - 7-8 (?:00|140[1-3]);PH 63 0 6-10 - 00;"
    "PK 92 0 9-10 - 00;PL 48 - - 9 00;PM 508 0 6-9 - 00;PR 1 1 10 10 011;"
    "PS 970 0 8-9 - 00;PT 351 - - 9 00;PW 680 - - 7 01[12];PY 595 0 7-9 - 00;"
    "QA 974 - - 8 00;RE 262 0 9 9 00;RO 40 0 6-9 - 00;RS 381 0 7-12 - 00;"
    "RU 7 8 10 10 810;RW 250 0 9 9 00;SA 966 0 9 9 00;SB 677 - - 5-7 0[01];"
    "SC 248 - - 7 0(?:[02]|10);SD 249 0 9 9 00;SE 46 0 7-9 - 00;"
    "SG 65 - - 8 0[0-3][0-9] ?;SH 290 - - 4-5 00;"
    "SI 386 0 8 8 (?:00|10(?:22|66|88|99));SJ 47 - - 8 00;SK 421 0 6-9 - 00;"
    "SL 232 0 8 8 00;SM 378 - - 8,10 00;SN 221 - - 9 00;SO 252 0 6-9 6-9 00;"
    "SR 597 - - 6-7 00;SS 211 0 9 9 00;ST 239 - - 7 00;SV 503 - - 8 00;"
    "SX 1 1 10 10 011;SY 963 0 8-9 - 00;SZ 268 - - 8 00;TA 290 - - - 00;"
    "TC 1 1 10 10 011;TD 235 - - 8 (?:00|16);TG 228 - - 8 00;TH 66 0 8-9 - 00[1-9] ?;"
    "TJ 992 - - 9 810;TK 690 - - - 00;TL 670 - - 7-8 00;TM 993 8 8 8 810;"
    "TN 216 - - 8 00;TO 676 - - 5-7 00;TR 90 0 10 10 00;TT 1 1 10 10 011;"
    "TV 688 - - 5-7 00;TW 886 0 8-9 - 0(?:0[25-79]|19) ?;TZ 255 0 9 9 00[056] ?;"
    "UA 380 0 9 9 00;UG 256 0 9 9 00[057] ?;US 1 1 10 10 011;"
    "UY 598 0 7-8 8 0(?:0|1[3-9][0-9]);UZ 998 - - 9 00;VA 39 - - 9-11 00;"
    "VC 1 1 10 10 011;VE 58 0 10 10 00;VG 1 1 10 10 011;VI 1 1 10 10 011;"
    "VN 84 0 9-10 - 00;VU 678 - - 5-7 00;WF 681 - - 6 00;WS 685 - - 5-7 -;"
    "XK 383 0 8-12 - 00;YE 967 0 7-9 - 00;YT 262 0 9 9 00;ZA 27 0 5-9 - 00;"
    "ZM 260 0 9 9 00;ZW 263 0 9 9 00;"
)


def lengths(text: str) -> set[int]:
    """Return the numbers in a list such as 6,8-9; a dash alone is an empty one."""
    found: set[int] = set()
    for part in text.split(","):
        if part != "-":
            least, _, most = part.partition("-")
            found.update(range(int(least), int(most or least) + 1))
    return found


PLANS = {
    row[0]: (lengths(row[1]), row[2], [t for t in row[3].split("/") if t != "-"])
    for row in (entry.split() for entry in _PLANS.split(";") if entry)
}
COUNTRIES = {
    row[0]: (row[1], row[2].strip("-"), lengths(row[3]), lengths(row[4]), row[5:])
    for row in (entry.split() for entry in _COUNTRIES.split(";") if entry)
}


def within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Return whether a character is in one of the ranges."""
    return any(low <= ord(character) <= high for low, high in ranges)


def plain_digit(character: str) -> str:
    """Return a digit of another script as ASCII, any other character as it is."""
    for zero in ZEROS:
        if zero <= ord(character) <= zero + 9:
            return chr(0x30 + ord(character) - zero)
    return character


def upper(text: str) -> str:
    """Return text with a to z as A to Z, and nothing else changed."""
    return "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in text)


def lower(text: str) -> str:
    """Return text with A to Z as a to z, and nothing else changed."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


# --- 3. Kinds -----------------------------------------------------------------


class Refused(Exception):
    """There is no value; carries the reason and no identifier."""


def refuse_if(condition: bool, reason: str) -> None:
    """Refuse for *reason* if the condition holds."""
    if condition:
        raise Refused(reason)


def only(text: str, allowed: str, reason: str = "forbidden_character") -> None:
    """Refuse a text with a character that is not allowed."""
    refuse_if(any(c not in allowed for c in text), reason)


def like(pattern: str, text: str) -> bool:
    """Return whether the whole text matches."""
    return re.fullmatch(pattern, text, re.ASCII) is not None


KINDS: dict[str, Any] = {}


def kind(normaliser: Any) -> Any:
    """Remember how identifiers of the kind are normalised that is called like it."""
    KINDS[normaliser.__name__] = normaliser
    return normaliser


DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def cleaned(text: str) -> str:
    """Return a text without what nobody sees, in capitals and ASCII digits."""
    kept = (
        plain_digit(c)
        for c in text
        if not (within(c, WHITE) or within(c, INVISIBLE) or within(c, DASHES))
    )
    return upper("".join(kept)).strip("\"'=")


def unsigned(text: str) -> str:
    """Return what `cleaned` does, unless it is a number with a minus sign."""
    kept = (
        "-" if within(c, DASHES) else plain_digit(c)
        for c in text
        if not (within(c, WHITE) or within(c, INVISIBLE))
    )
    text = upper("".join(kept)).strip("\"'=")
    for amount in (text[1:] if text[:1] == "-" else "", text.removesuffix("-")):
        refuse_if(amount != text and like(r"[0-9]+([.,][0-9]*)?", amount), "negative")
    return text.replace("-", "").strip("\"'=")


def refuse_nothing(text: str, names: tuple[str, ...] = ()) -> None:
    """Refuse what is no identifier at all, or a digest of one; capitals."""
    refuse_if(text == "", "empty")
    refuse_if(text in NULL_WORDS and text not in names, "null_like")
    hashed = like(r"([0-9A-Z]{1,16}:|0X)?[0-9A-F]{64}", text)
    hashed = hashed or like(r"[0-9A-F]{40}", text)
    refuse_if(hashed or like(r"[0-9A-Z+/]{43}=?", text), "already_hashed")


def refuse_damaged(text: str) -> None:
    """Refuse digits that something has spoilt, and all that is no digit."""
    refuse_if(like(r"[0-9]+([.,][0-9]*)?E[+]?[0-9]+", text), "scientific")
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(like(r"[0-9]*[X*#][0-9X*#]*", text), "masked")
    only(text, DIGITS)


def refuse_size(text: str, least: int, most: int) -> None:
    """Refuse a text that is too short or too long."""
    refuse_if(not least <= len(text) <= most, "bad_length")


def refuse_uniform(text: str) -> None:
    """Refuse one character, repeated."""
    refuse_if(len(set(text)) < 2, "placeholder")


@kind
def pan(text: str) -> str:
    """Payment cards."""
    text = unsigned(text)
    refuse_nothing(text)
    refuse_damaged(text)
    refuse_size(text, 12, 19)
    refuse_uniform(text)
    made_up = ("0123456789012345", "1234567812345678", "1234567890123456")
    refuse_if(text in made_up, "placeholder")
    return text


@kind
def account(text: str) -> str:
    """Account numbers."""
    text = unsigned(text)
    refuse_nothing(text)
    refuse_damaged(text)
    refuse_size(text, 4, 34)
    refuse_uniform(text)
    return text


@kind
def iban(text: str) -> str:
    """International bank account numbers."""
    text = cleaned(text)
    if text.startswith("IBAN"):
        rest = text[4:].removeprefix(":")
        if like(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", rest):
            text = rest
    refuse_nothing(text)
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 15, 34)
    refuse_if(not like(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", text), "bad_format")
    remainder = 0
    for character in text[4:] + text[:4]:
        value = (DIGITS + LETTERS).index(character)
        remainder = (remainder * (100 if value > 9 else 10) + value) % 97
    refuse_if(remainder != 1, "bad_checksum")
    return text


# Countries whose registers ignore blanks and dashes.
JOINED = set(
    (
        "AU BE BG CA CH CZ DK EE ES FI FR GB HU IE IT LI LT LU LV NL NO NZ PL PT RO "
        "SE SK US"
    ).split()
)
# Letters of the district, more letters, digits, one letter behind.
Plate = tuple[str, str, str, str]


def registration(text: str, country: str | None) -> str:
    """Vehicles and aircraft."""
    groups = [part for part in separated(text).split("-") if part]
    plate = None
    if country == "DE":
        groups = without_umlauts(groups)
        plate = german(groups)
    elif country == "AT":
        plate = austrian(groups)
    elif country is None:
        refuse_if(may_count(groups), "undeclared_country")
    elif country not in JOINED:
        raise ValueError("no rule for this country")
    if plate is not None:
        return plate[0] + "-" + "".join(plate[1:])
    text = "".join(groups)
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+([.,][0-9]*E[+]?|E[+])[0-9]+", text), "scientific")
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 2, 16)
    refuse_uniform(text)
    refuse_if(text in ("DUMMY", "PLACEHOLDER", "SAMPLE", "TEST"), "placeholder")
    if country in ("DE", "AT"):
        number = "[1-9][0-9]{0,5}[EH]?" if country == "DE" else "[0-9]{1,6}"
        refuse_if(like("[A-Z]{2,}" + number, text), "lost_separator")
        raise Refused("bad_format")
    return text


def separated(text: str) -> str:
    """Return a text in capitals whose blanks, dashes and middle dots are hyphens."""
    made = (
        "-" if within(c, (*WHITE, *DASHES, (0xB7, 0xB7))) else plain_digit(c)
        for c in text
        if not within(c, INVISIBLE)
    )
    return upper("".join(made)).strip("-\"'=")


def runs(groups: list[str]) -> tuple[str, list[int]]:
    """Return the characters of all groups, and after how many each group ends."""
    ends, text = [], ""
    for group in groups:
        text += group
        ends.append(len(text))
    return text, ends[:-1]


def may_count(groups: list[str]) -> bool:
    """Return whether a separator stands between the first letters of a number."""
    text, ends = runs(groups)
    found = re.fullmatch(r"([A-Z]+)([0-9]{1,6})([EH]?)", text, re.ASCII)
    if found is None:
        return False
    letters, digits, behind = found.groups()
    number = len(letters) + len(digits)
    inner = [end for end in ends if end < len(letters)]
    outer = {end for end in ends if end >= len(letters)} - {len(letters), number}
    if len(inner) != 1 or outer:
        return False
    first, second = inner[0], len(letters) - inner[0]
    dutch = (first, second, len(digits), behind) == (2, 2, 2, "")
    return first <= 4 and second <= 5 and not dutch


def without_umlauts(groups: list[str]) -> list[str]:
    """Return groups with umlauts in two letters; the dots may be a character."""
    text = "-".join(groups)
    for umlaut, letter in zip("\u00c4\u00e4\u00d6\u00f6\u00dc\u00fc", "AAOOUU"):
        text = text.replace(umlaut, letter + "\u0308")
    text = text.strip("-\u0308")
    for before, mark in zip(text, text[1:]):
        wrong = before in DIGITS + LETTERS + "-" and before not in "AOU"
        refuse_if(mark == "\u0308" and wrong, "forbidden_character")
    made = text.replace("\u0308", "E").split("-")
    return [group for group in made if group]


def german(groups: list[str]) -> Plate | None:
    """Return the parts of a registration that has its separator, or None."""
    text, ends = runs(groups)
    one = re.fullmatch(r"([A-Z])([0-9]{1,6})", text, re.ASCII)
    if one and set(ends) <= {1}:
        return one[1], "", one[2], ""
    found = re.fullmatch(r"([A-Z]+)([1-9][0-9]{0,3})([EH]?)", text, re.ASCII)
    inner = [end for end in ends if found and end < len(found[1])]
    if found is None or len(inner) != 1:
        return None
    district, letters = found[1][: inner[0]], found[1][inner[0] :]
    if set(ends) - {inner[0], len(found[1]), len(found[1]) + len(found[2])}:
        return None
    written = any(umlaut in district for umlaut in ("AE", "OE", "UE"))
    if len(letters) > 2 or len(district) > (4 if written else 3):
        return None
    return district, letters, found[2], found[3]


def austrian(groups: list[str]) -> Plate | None:
    """Return the parts of a registration whose district is certain, or None."""
    text, ends = runs(groups)
    found = re.fullmatch(r"([A-Z]+)([0-9]{1,6})([A-Z]*)", text, re.ASCII)
    if found is None:
        return None
    letters, digits, behind = found.groups()
    if behind or len(letters) == 1:
        number = {len(letters), len(letters) + len(digits)}
        fits = len(letters) <= 2 and len(behind) <= 3 and set(ends) <= number
        return (letters, "", digits, behind) if fits else None
    inner = [end for end in ends if end < len(letters)]
    if len(inner) != 1 or set(ends) - {inner[0], len(letters)}:
        return None
    district, chosen = letters[: inner[0]], letters[inner[0] :]
    fits = len(district) <= 2 and len(chosen) <= 5
    return (district, chosen, digits, "") if fits else None


def spaced(text: str) -> str:
    """Return a text without invisible characters, blanks and dashes made plain."""
    made = ""
    for c in text:
        if within(c, INVISIBLE):
            continue
        made += (
            " " if within(c, WHITE) else "-" if within(c, DASHES) else plain_digit(c)
        )
    return made


ATOM = "!#$%&'+/=?_~.-"
NO_MAILBOX = {
    f"{who}@{at}"
    for who in ("test", "noreply", "no-reply", "none", "na")
    for at in ("example.com", "test.com", "email.com", "none.com")
} | {"a@a.com", "abc@abc.com", "noemail@noemail.com", "test@gmail.com"}


def refuse_hashed_lower(text: str) -> None:
    """Refuse digests and tokens among texts in lower case."""
    hashed = like(r"([0-9a-z]{1,16}:|0x)?[0-9a-f]{64}", text)
    hashed = hashed or like(r"[0-9a-f]{32}|[0-9a-f]{40}", text)
    refuse_if(hashed or like(r"[0-9a-z+/_-]{43}=?", text), "already_hashed")


@kind
def email(text: str) -> str:
    """E-mail addresses."""
    text = lower(spaced(text)).strip(" \"'=<>,;").rstrip(".")
    refuse_if(text == "", "empty")
    refuse_if(text in {lower(word) for word in NULL_WORDS}, "null_like")
    refuse_hashed_lower(text)
    refuse_if(like(r"[0-9a-z.@_+-]*\*[0-9a-z.@_+*-]*", text), "masked")
    only(text, DIGITS + lower(LETTERS) + "@" + ATOM)
    refuse_size(text, 6, 254)
    return mailbox(text)


@kind
def email_mailbox(text: str) -> str:
    """E-mail addresses whose spellings for one mailbox are one."""
    local, domain = email(text).split("@")
    if domain in GMAIL:
        return mailbox(local.partition("+")[0].replace(".", "") + "@gmail.com")
    domain = SAME.get(domain, domain)
    if domain in TAGGED:
        local = local.partition("+")[0]
    return mailbox(local + "@" + domain)


def mailbox(text: str) -> str:
    """Return an address of the right shape that may be somebody's."""
    local, at, domain = text.partition("@")
    labels = domain.split(".")
    wrong = not (local and at) or "@" in domain or len(labels) < 2
    wrong = wrong or not all(like(r"[0-9a-z-]+", label) for label in labels)
    refuse_if(wrong or not 2 <= len(labels[-1]) <= 63, "bad_format")
    refuse_if(text in NO_MAILBOX, "placeholder")
    return text


def phone(text: str, country: str | None) -> str:
    """Telephone numbers."""
    text = cleaned(text)
    for wide, plain in zip("\uff0b\uff08\uff09\uff0e", "+()."):
        text = text.replace(wide, plain)
    text = as_one_number(text)
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+([.,][0-9]*)?E[+]?[0-9]+", text), "scientific")
    refuse_if(like(r"[+]?[0-9]{6,}[.,]0*", text), "decimal_suffix")
    another = r"(TEL:)?[+]?[0-9().]{8,}([X#/,;&]|;?EXTN?[.:=]?|EXTENSION)[+]?[0-9()./]+"
    refuse_if(like(another, text), "extension")
    refuse_if(like(r"[0-9().+]*[X*#][0-9().X*#]*", text), "masked")
    refuse_size(text, 1, 39)
    text = "".join(c for c in text if c not in "().")
    if country is not None and text.isascii() and text.isdigit():
        text = international(text, *COUNTRIES[country])
    text = without_trunk(text)
    refuse_if(text == "", "empty")
    only(text, DIGITS + "+")
    refuse_if(one_digit(text), "placeholder")
    refuse_if("+" not in text, "no_country_code")
    refuse_size(text, 9, 16)
    same = any(like(rf"[+][0-9]{{1,3}}{d}{{5,}}", text) for d in DIGITS)
    refuse_if(same, "placeholder")
    refuse_if("+" in text[1:], "bad_format")
    code, rest = after_code(text)
    refuse_if(code == "", "bad_format")
    sizes, first, _ = PLANS[code]
    refuse_if(not first[0] <= rest[0] <= first[-1], "bad_format")
    refuse_if(len(rest) not in sizes, "bad_length")
    return text


def one_digit(text: str) -> bool:
    """Return whether a text is one digit, repeated."""
    return len(text) >= 4 and len(set(text)) == 1 and text[0] in DIGITS


def as_one_number(text: str) -> str:
    """Return a text without "tel:" and without the slash behind an area code."""
    plain = DIGITS + "()."
    if text.startswith("TEL:+") and text[5:] and all(c in plain for c in text[5:]):
        return text[4:]
    area, slash, rest = text.partition("/")
    if not slash or len(rest) < 5 or any(c not in plain for c in rest):
        return text
    national = re.sub(r"^[+][1-9][0-9]{0,2}(?=[(]?0)", "", area)
    is_area = any(
        like(r"[(]?0[)]?[1-9][0-9]{0,4}[)]?", one) for one in (area, national)
    )
    return area + rest if is_area else text


def after_code(text: str) -> tuple[str, str]:
    """Return the calling code of a number with a plus, and the digits after it."""
    for size in (1, 2, 3):
        if text[1 : 1 + size] in PLANS:
            return text[1 : 1 + size], text[1 + size :]
    return "", ""


def fits(code: str, rest: str) -> bool:
    """Return whether digits can follow a calling code."""
    sizes, first, _ = PLANS[code]
    return len(rest) in sizes and first[0] <= rest[0] <= first[-1]


def without_trunk(text: str) -> str:
    """Return a number with a plus without what is only dialled at home."""
    code, rest = after_code(text)
    if not (text.startswith("+") and code and rest.isascii() and rest.isdigit()):
        return text
    sizes, first, trunks = PLANS[code]
    for surplus in (True, False):
        for trunk in trunks:
            begins = first[0] <= trunk[0] <= first[-1]
            after = rest[len(trunk) :]
            too_long = len(rest) not in sizes and len(after) in sizes
            is_trunk = begins is surplus and rest.startswith(trunk)
            is_trunk = is_trunk and after[:1] in tuple("123456789")
            if is_trunk and (too_long or not surplus):
                rest = after
                break
    return f"+{code}{rest}"


def international(
    text: str, code: str, trunk: str, sizes: set[int], bare: set[int], idd: list[str]
) -> str:
    """Return a number as one country dials it with a plus, or refuse it."""
    if "?" in idd and text.startswith("00") and text[2:3] != "1":
        other, after = after_code("+" + text[2:])
        refuse_if(other != "" and fits(other, after), "wrong_country")
    dialled = re.match(idd[0], text) if idd[0] != "-" else None
    # No prefix is the beginning of another.
    abroad = text[dialled.end() :] if dialled else ""
    if abroad[:1] in ("1", "7"):
        if len(abroad) == 11 and abroad[:2] not in ("10", "11"):
            return "+" + abroad
    elif 7 <= len(abroad) <= 15 and abroad[0] != "0":
        return "+" + abroad
    first = PLANS[code][1]

    def is_number(rest: str, lengths: set[int]) -> bool:
        return len(rest) in lengths and first[0] <= rest[0] <= first[-1]

    rest = text[len(trunk) :]
    if trunk and text.startswith(trunk) and is_number(rest, sizes):
        return f"+{code}{rest}"
    if is_number(text, bare):
        return f"+{code}{text}"
    refuse_if(one_digit(text), "placeholder")
    lost = trunk.startswith("0") and not bare and not text.startswith(code)
    rest = text[len(trunk) - 1 :]
    is_lost = lost and text.startswith(trunk[1:]) and is_number(rest, sizes)
    raise Refused("lost_zero" if is_lost else "wrong_country")


NO_NAMES = set(
    (
        "ANONYM ANONYMOUS CUSTOMER DECEASED DELETED DONOR DUMMY FIRSTNAME LASTNAME "
        "MASKED NAME NOFIRSTNAME NOLASTNAME NONAME REDACTED REMOVED SURNAME TEST XX "
        "ZZZTEST"
    ).split()
)
NAMES_LIKE_NULL = ("BLANK", "NA", "NAN", "NAT", "NIL", "NULL")


def folded_letter(character: str) -> str:
    """Return a Latin letter with marks as A to Z, any other character as it is."""
    if character in SPECIAL_LETTERS:
        return SPECIAL_LETTERS[character]
    if not (0xC0 <= ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x1F00):
        return character
    parts = [
        part
        for part in unicodedata.normalize("NFD", character)
        if not 0x300 <= ord(part) <= 0x36F
    ]
    made = "".join(SPECIAL_LETTERS.get(part, part) for part in parts)
    return upper(made) if made.isascii() and made.isalpha() else character


@kind
def name(text: str) -> str:
    """One part of a name."""
    for one, two in zip(text, text[1:]):
        both = "\u00c2" <= one <= "\u00c5" and "\u0080" <= two <= "\u00bf"
        refuse_if(both, "mojibake")
    seen = "".join(c for c in text if not within(c, (*WHITE, *INVISIBLE, *DASHES)))
    refuse_if(upper(seen) in ("N.A", "N.A."), "null_like")
    gone = (*WHITE, *INVISIBLE, *DASHES, *QUOTES, (0x300, 0x36F))
    kept = "".join(c for c in text if not within(c, gone) and c not in ".,=")
    text = upper("".join(folded_letter(c) for c in kept))
    refuse_nothing(text, NAMES_LIKE_NULL)
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, LETTERS)
    refuse_size(text, 2, 39)
    refuse_if(len(text) > 2 and len(set(text)) == 1, "placeholder")
    refuse_if(text in NO_NAMES, "placeholder")
    return text


FIELDS = {
    "YYYYMMDD": r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
    "YYYY/MM/DD": r"(?P<y>[0-9]{4})/(?P<m>[0-9]{2})/(?P<d>[0-9]{2})",
    "DD/MM/YYYY": r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})",
    "DD.MM.YYYY": r"(?P<d>[0-9]{1,2})[.](?P<m>[0-9]{1,2})[.](?P<y>[0-9]{4})",
    "DD-MM-YYYY": r"(?P<d>[0-9]{1,2})-(?P<m>[0-9]{1,2})-(?P<y>[0-9]{4})",
    "MM/DD/YYYY": r"(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})",
    "MM-DD-YYYY": r"(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})-(?P<y>[0-9]{4})",
}
NO_DATES = (
    *("0000-00-00", "0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31"),
    *("1900-01-01", "1900-01-00", "1901-01-01", "1970-01-01", "9999-12-31"),
    *("9999-99-99", "2099-12-31", "1840-12-31", "1858-11-17", "1816-03-29"),
)
CLOCKS = (
    r"0{1,2}:00(:00([.,]0{1,9})?)?( ?(Z|UTC|[+-]00:?00))?",
    r"12:00(:00)? ?AM",
)


def without_midnight(text: str) -> str:
    """Return a date without the midnight behind it; any other text as it is."""
    for size in (8, 9, 10):
        day, between, clock = text[:size], text[size : size + 1], text[size + 1 :]
        if not like(r"[0-9./-]{8,10}", day):
            continue
        if between in ("T", " ") and like(CLOCKS[0], clock):
            return day
        if between == " " and like(CLOCKS[1], clock):
            return day
        if between == "-" and like(r"00[.]00[.]00([.]0{1,12})?", clock):
            return day
    return text


def date_of_birth(text: str, date_format: str) -> str:
    """Days of the calendar."""
    text = without_midnight(upper(spaced(text)).strip(" \"'="))
    found = re.fullmatch(FIELDS.get(date_format, "x{0}y{99}"), text, re.ASCII)
    if found:
        text = f"{found['y']}-{int(found['m']):02}-{int(found['d']):02}"
    refuse_if(text == "-", "empty")
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(not like(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text), "bad_format")
    refuse_if(text in NO_DATES, "placeholder")
    try:
        day = dt.date(*map(int, text.split("-")))
    except ValueError:
        raise Refused("bad_date") from None
    refuse_if(not 1800 <= day.year <= 2039, "bad_date")
    return text


@kind
def postcode_uk(text: str) -> str:
    """British postcodes."""
    text = cleaned(text)
    refuse_nothing(text)
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 5, 7)
    usual = like(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}", text)
    refuse_if(not (usual or text == "GIR0AA"), "bad_format")
    refuse_if(text in ("ZZ999ZZ", "AA11AA", "XX11XX"), "placeholder")
    return text


@kind
def postcode_us5(text: str) -> str:
    """American ZIP codes, five digits."""
    text = cleaned(text)
    text = text[:5] if like(r"[0-9]{9}", text) else text
    refuse_nothing(text)
    refuse_damaged(text)
    refuse_if(len(text) in (3, 4, 7, 8), "lost_zero")
    refuse_size(text, 5, 5)
    refuse_if(text in [digit * 5 for digit in "013679"], "placeholder")
    return text


@kind
def postcode_alnum(text: str) -> str:
    """Any country's postcodes."""
    text = cleaned(text)
    refuse_nothing(text)
    refuse_if(like(r"[0-9]+[.,]0*", text), "decimal_suffix")
    refuse_if(like(r"[0-9A-Z]*[*#][0-9A-Z*#]*", text), "masked")
    only(text, DIGITS + LETTERS)
    refuse_size(text, 3, 10)
    refuse_if(len(set(text)) == 1 and text[0] not in "12345678", "placeholder")
    return text


@kind
def device_id(text: str) -> str:
    """Advertising identifiers."""
    kept = (
        "-" if within(c, DASHES) else c
        for c in text
        if not (within(c, WHITE) or within(c, INVISIBLE))
    )
    text = lower("".join(kept)).strip("{}\"'=")
    refuse_if(text in ("", "-"), "empty")
    refuse_if(text in {lower(word) for word in NULL_WORDS}, "null_like")
    refuse_hashed_lower(text)
    refuse_if(like(r"[0-9a-fx-]*[x*#][0-9a-fx*#-]*", text), "masked")
    only(text, DIGITS + "abcdef-")
    refuse_size(text, 36, 36)
    sizes = [len(part) for part in text.split("-")]
    refuse_if(sizes != [8, 4, 4, 4, 12], "bad_format")
    refuse_if(set(text) in ({"0", "-"}, {"f", "-"}), "placeholder")
    return text


# --- 8. Published hashes ----------------------------------------------------------

# Which white space goes, where dots mean nothing, whether tags go, base64 as well.
ADDRESS_FORMS = {
    "email_sha256_uid2": ("blanks at the ends", GMAIL[:1], True, True),
    "email_sha256_google_2023": ("blanks at the ends", GMAIL, False, True),
    "email_sha256_google_2025": ("anywhere", GMAIL, True, True),
    "email_sha256_meta": ("at the ends", (), False, False),
}
# What is written before the calling code, base64 as well.
NUMBER_FORMS = {"phone_sha256_e164": ("+", True), "phone_sha256_meta": ("", False)}
SPACES = "".join(chr(c) for low, high in WHITE for c in range(low, high + 1))
NO_IDENTIFIERS = {
    *("", " ", "0", "None", "NaN", "NaT", "Unknown"),
    *(NULL_WORDS | {lower(word) for word in NULL_WORDS}),
}


def published_form(name_of_kind: str, text: str, country: str | None) -> str:
    """Return an identifier as a publication hashes it."""
    if name_of_kind in NUMBER_FORMS:
        return NUMBER_FORMS[name_of_kind][0] + phone(text, country)[1:]
    where, dotless, untagged, _ = ADDRESS_FORMS[name_of_kind]
    seen = [c for c in text if not (within(c, WHITE) or within(c, INVISIBLE))]
    refuse_if(not seen, "empty")
    if where == "anywhere":
        text = "".join(c for c in text if not within(c, WHITE))
    text = lower(text.strip(" " if where == "blanks at the ends" else SPACES))
    refuse_if(text in {lower(word) for word in NULL_WORDS}, "null_like")
    refuse_hashed_lower(text)
    refuse_if(like(r"[0-9a-z.@_+-]*\*[0-9a-z.@_+*-]*", text), "masked")
    only(text, DIGITS + lower(LETTERS) + "@" + ATOM)
    refuse_size(text, 6, 254)
    refuse_if(text[0] in "'=", "forbidden_character")
    local, domain = mailbox(text).split("@")
    if domain in dotless:
        local = (local.partition("+")[0] if untagged else local).replace(".", "")
    return mailbox(f"{local}@{domain}")


def published_hash(name_of_kind: str, text: str) -> str:
    """Return the one spelling of a hash that a column holds."""
    if name_of_kind in NUMBER_FORMS:
        plus, in_base64 = NUMBER_FORMS[name_of_kind]
        made_up = {plus + d * n for d in DIGITS for n in (10, 11)}
        made_up |= {plus + "1" + d * 10 for d in DIGITS}
    else:
        made_up, in_base64 = NO_MAILBOX, ADDRESS_FORMS[name_of_kind][3]
    text = "".join(c for c in text if not within(c, INVISIBLE)).strip(SPACES + "\"'")
    text = text[2:] if like(r"0[Xx][0-9A-Fa-f]{64}", text) else text
    if in_base64 and like(r"[0-9A-Za-z+/]{43}=", text):
        bits = base64.b64decode(text)
        text = bits.hex() if base64.b64encode(bits).decode() == text else text
    text = lower(text)
    refuse_if(text == "", "empty")
    refuse_if(text in {lower(word) for word in NULL_WORDS}, "null_like")
    refuse_if(like(r"[0-9a-z]{1,16}:[0-9a-f]{64}", text), "already_hashed")
    digits, characters = like("[0-9a-f]+", text), like("[0-9a-z+/]+=*", text)
    sizes = {len(text.rstrip("=")): text.count("=")}
    other = digits and len(text) in (32, 40, 56, 96, 128)
    pads = {22: 2, 27: 1, 38: 2, 86: 2}
    other = other or (characters and sizes.items() <= pads.items())
    refuse_if(other, "other_hash")
    refuse_if(digits and len(text) >= 24 and len(text) != 64, "bad_length")
    refuse_if(like("[0-9a-z+/_-]{43}=?", text), "bad_format")
    refuse_if(not digits or len(text) != 64, "not_hashed")
    refuse_uniform(text)
    refuse_if(text in {sha256(t) for t in NO_IDENTIFIERS | made_up}, "placeholder")
    return text


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def normalise(
    name_of_kind: str,
    text: str | bytes | None,
    date_format: str = "YYYY-MM-DD",
    country: str | None = None,
    holds: str = "raw",
) -> tuple[str | None, str | None]:
    """Return the normalised text and None, or None and the reason."""
    if text is None:
        return None, "missing"
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        plain.encode("utf-8")
    except UnicodeError:
        return None, "invalid_utf8"
    try:
        if name_of_kind == "phone":
            return phone(plain, country), None
        if name_of_kind == "registration":
            return registration(plain, country), None
        if name_of_kind == "date_of_birth":
            return date_of_birth(plain, date_format), None
        if "_sha256_" in name_of_kind:
            if holds == "hash":
                return published_hash(name_of_kind, plain), None
            return sha256(published_form(name_of_kind, plain, country)), None
        return KINDS[name_of_kind](plain), None
    except Refused as refusal:
        return None, str(refusal)


# --- 4. Composites, 6. key and token --------------------------------------------


def message(
    kinds: list[str],
    texts: list[str | bytes | None],
    date_format: str = "YYYY-MM-DD",
    country: str | None = None,
    holds: str = "raw",
) -> tuple[str | None, str | None]:
    """Return what is authenticated and None, or None and the reason."""
    values = []
    for kind, text in zip(kinds, texts):
        value, reason = normalise(kind, text, date_format, country, holds)
        if value is None:
            return None, reason
        values.append(value)
    if len(values) == 1:
        return values[0], None
    return "".join(f"{len(v.encode())}:{v}," for v in values), None


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """RFC 2104, from blocks."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + data).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()


def hkdf_sha256(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869: extract, then expand."""
    key = hmac_sha256(salt or bytes(32), ikm)
    made, last = b"", b""
    while len(made) < length:
        last = hmac_sha256(key, last + info + bytes([len(made) // 32 + 1]))
        made += last
    return made[:length]


def subkey(root: bytes, partnership: str, kinds: list[str], key_id: str) -> bytes:
    """Return the key of one kind of identifier."""
    salt = hashlib.sha256(partnership.encode()).digest()
    info = f"cleanroom_join/token/v1\0{'+'.join(kinds)}\0{key_id}".encode()
    return hkdf_sha256(root, salt, info, 32)


def token(
    root: bytes, partnership: str, kinds: list[str], key_id: str, text: str
) -> str:
    """Return the token of a message."""
    mac = hmac_sha256(subkey(root, partnership, kinds, key_id), text.encode())
    return f"{key_id}:{mac.hex()}"


def key_check_value(root: bytes, partnership: str) -> str:
    """Return what both parties compare to see that they have one key."""
    salt = hashlib.sha256(partnership.encode()).digest()
    key = hkdf_sha256(root, salt, b"cleanroom_join/kcv/v1", 32)
    return hmac_sha256(key, b"key check value")[:4].hex()


# --- The vector file --------------------------------------------------------------


def cases(document: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return (group, test) of every case."""
    return [(g, t) for g in document["testGroups"] for t in g["tests"]]


def answer(
    document: dict[str, Any], group: dict[str, Any], test: dict[str, Any]
) -> dict[str, Any]:
    """Return what this implementation gives for one case."""
    texts: list[str | bytes | None] = [
        None if part is None else bytes.fromhex(part) for part in test["input"]
    ]
    options = (group["dateFormat"], group["country"], group["holds"])
    made, reason = message(group["kinds"], texts, *options)
    root = bytes.fromhex(document["publicTestKey"])
    absent = reason in ("missing", "empty", "null_like")
    return {
        "result": "ok" if made is not None else "null" if absent else "reject",
        "reason": reason,
        "message": None if made is None else made.encode().hex(),
        "token": None
        if made is None
        else token(root, group["partnership"], group["kinds"], group["keyId"], made),
    }


def recompute(document: dict[str, Any]) -> int:
    """Check the file itself; print what fails, never an input."""
    found = cases(document)
    wrong = [
        test
        for group, test in found
        if any(test[k] != v for k, v in answer(document, group, test).items())
    ]
    root = bytes.fromhex(document["publicTestKey"])
    for group in document["testGroups"]:
        if group["keyCheckValue"] != key_check_value(root, group["partnership"]):
            print(f"key check value of {group['partnership']} is wrong")
            wrong.append(group["tests"][0])
    complete = len(found) == document["numberOfTests"] > 0
    for test in wrong:
        print(f"tcId {test['tcId']} fails: {test['comment']}")
    if not complete:
        print("the number of cases is not the one in the file")
    print(f"{len(found)} cases, {len(wrong)} wrong")
    return 0 if complete and not wrong else 1


NO_TOKEN = ("", "NULL", "NONE", "NAN", "N/A", "\\N")


class NotAnswers(Exception):
    """A file is no table of answers; says what to change, quotes nothing."""


def read_answers(path: Path) -> list[dict[str, str]]:
    """
    Return the rows of a CSV file as spreadsheets save it, too.

    UTF-8 with or without a byte order mark, or UTF-16; commas, semicolons or tabs.
    """
    raw = path.read_bytes()
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    lines = raw.decode("utf-16" if wide else "utf-8-sig").splitlines()
    if lines and lines[0].lower().startswith("sep="):
        lines = lines[1:]
    head = lines[0] if lines else ""
    separator = max(",;\t", key=head.count)
    named = {name.strip().strip('"').lower() for name in head.split(separator)}
    for wanted in ("tcId", "token"):
        if wanted.lower() not in named:
            raise NotAnswers(
                f"{path.name} has no column {wanted}: its first line must name the "
                "columns tcId, token and, if you like, reason"
            )
    rows = csv.reader(lines, delimiter=separator)
    names = [name.strip().lower() for name in next(rows)]
    return [dict(zip(names, row)) for row in rows if any(row)]


def compare(document: dict[str, Any], path: Path) -> int:
    """Compare another implementation's answers with the file."""
    rows = read_answers(path)
    theirs = {row.get("tcid", "").strip(): row for row in rows}
    wrong = len(rows) - len(theirs)
    if wrong:
        print(f"{wrong} rows repeat a tcId")
    agree: dict[tuple[str, str], list[int]] = {}
    capitals = words = 0
    for group, test in cases(document):
        row = theirs.pop(str(test["tcId"]), {})
        token = row.get("token", "").strip()
        none = token.upper() in NO_TOKEN
        words += bool(token) and none and test["token"] is None
        right = bool(row) and (None if none else token) == test["token"]
        only_case = not right and token.lower() == test["token"]
        capitals += only_case
        if right and row.get("reason") and test["reason"]:
            right = row["reason"].strip() == test["reason"]
        counts = agree.setdefault(("+".join(group["kinds"]), test["flags"][0]), [0, 0])
        counts[0] += right
        counts[1] += 1
        wrong += not right
        if not right and not only_case:
            said = "differs" if row else "has no answer"
            print(f"tcId {test['tcId']} {said}: {test['comment']}")
    for (kinds, flag), (right, total) in agree.items():
        print(f"{kinds:<40} {flag:<14} {right:>4} of {total:>4} agree")
    if capitals:
        print(f"{capitals} tokens differ in their case only: write them in lower case")
    if words:
        print(
            f"{words} rows say NULL or the like where there is no token: read as none"
        )
    if theirs:
        print(f"{len(theirs)} rows are of no case in the file")
    return 0 if not wrong and not theirs else 1


def template(document: dict[str, Any], path: Path) -> int:
    """Write the inputs of every case for another implementation."""
    most = max(len(test["input"]) for _, test in cases(document))
    head = ["tcId", "kinds", "partnership", "keyId", "dateFormat", "country", "holds"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*head, *(f"input{i + 1}" for i in range(most))])
        for group, test in cases(document):
            inputs = ["NULL" if part is None else part for part in test["input"]]
            writer.writerow(
                [
                    test["tcId"],
                    "+".join(group["kinds"]),
                    group["partnership"],
                    group["keyId"],
                    group["dateFormat"],
                    group["country"] or "",
                    group["holds"],
                    *inputs,
                ]
            )
    print(f"{len(cases(document))} cases; inputs are UTF-8 in hexadecimal, or NULL")
    return 0


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("vectors", type=Path, help="token_v1.json")
    parser.add_argument("--results", type=Path, help="answers to compare")
    parser.add_argument("--template", type=Path, help="where to write the inputs")
    given = parser.parse_args()
    try:
        document = json.loads(given.vectors.read_text("utf-8"))
        if document["spec"] != "token-v1":
            print("these vectors are of another specification", file=sys.stderr)
            return 2
        if given.template:
            return template(document, given.template)
        if given.results:
            return compare(document, given.results)
        return recompute(document)
    except NotAnswers as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        print(f"a file cannot be read ({type(error).__name__})", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
