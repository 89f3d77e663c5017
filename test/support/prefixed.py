# An extension for tests: Mercurial reads file revisions that are stored behind a prefix, which Quicksilver does not.
#
# This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
# License as published by the Free Software Foundation, either version 2 of the License, or (at your option) any later
# version. It imports Mercurial, which has that license; Quicksilver itself neither contains nor imports it.
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""read file revisions that are stored behind a prefix (for tests)"""

from mercurial.revlogutils import flagutil

# The flag of revisions whose text is stored in another form.
STORED_ELSEWHERE = 1 << 13
PREFIX = b'stored:'


def read(_log, text):
    return text[len(PREFIX) :], True


def write(_log, text):
    return PREFIX + text, False


def raw(_log, _text):
    return False


def uisetup(_ui):
    flagutil.addflagprocessor(STORED_ELSEWHERE, (read, write, raw))
