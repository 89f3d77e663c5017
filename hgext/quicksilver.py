# quicksilver.py - lets a Quicksilver server answer for the working copy
#
# Copyright 2026 the authors of Quicksilver
#
# This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
# License as published by the Free Software Foundation, either version 2 of the License, or (at your option) any later
# version. It is distributed WITHOUT ANY WARRANTY. See the file COPYING beside this one.
"""ask a Quicksilver server for the status of the working copy

A running server (``quicksilver daemon start``) knows the status at any time.
With this extension, ``hg status`` and all else that compares the working copy
ask it. Its answer counts only if it is that of this moment. In every other
case Mercurial does its own work, without a message.

  [extensions]
  quicksilver = PATH/quicksilver.py

  [quicksilver]
  # False asks no server
  enabled = True
  # seconds, at most 5
  timeout = 0.25

``hg --debug`` shows why an answer was not used.
"""

import os
import stat
import struct
import time

from mercurial import context, extensions, registrar, scmutil

try:
    import _socket
except ImportError:
    _socket = None

testedwith = b'6.3.2 7.2.4'
minimumhgversion = b'6.1'

configtable = {}
configitem = registrar.configitem(configtable)
configitem(b'quicksilver', b'enabled', default=True)
configitem(b'quicksilver', b'timeout', default=b'0.25')

# Extensions that change what the status of a file is.
OTHERS = {b'eol', b'fsmonitor', b'keyword', b'largefiles', b'narrow', b'remotefilelog', b'sparse', b'win32text'}
VARIABLES = ('HGRCPATH', 'HGRCSKIPREPO', 'HOME', 'XDG_CONFIG_HOME', 'PATH')
LISTS = {b'M': 0, b'A': 1, b'R': 2, b'!': 3, b'?': 4}
MOST_BYTES = 64 << 20

# A server that did not answer in time is not asked again by this process.
_silent = False


class _NoAnswer(Exception):
    """Why the server is not asked, or its answer does not count."""


def extsetup(ui):
    if _socket is not None and hasattr(_socket, 'AF_UNIX'):
        extensions.wrapfunction(context.workingctx, '_dirstatestatus', _dirstatestatus)


def _dirstatestatus(orig, wctx, match, ignored=False, clean=False, unknown=False, *args, **kwargs):
    repo = wctx.repo()
    try:
        # Later releases have more such switches.
        if ignored or clean or any(args) or any(kwargs.values()):
            raise _NoAnswer('it does not know all files')
        lists = _ask(repo, wctx, match)
        if unknown and any(_is_ambiguous(repo, path) for path in lists[3]):
            raise _NoAnswer('no file, but something else in an ignored directory')
    except Exception as error:  # Whatever it is, Mercurial can do without.
        repo.ui.debug(b'quicksilver: own status (%s)\n' % str(error).encode('ascii', 'replace'))
        return orig(wctx, match, ignored, clean, unknown, *args, **kwargs)
    repo.ui.debug(b'quicksilver: the server answered\n')
    known = lists[:4]
    wctx._status = scmutil.status(*(known + [[], [], []]))
    return scmutil.status(*(known + [lists[4] if unknown else [], [], []]))


def _is_ambiguous(repo, path):
    """True for a missing file that Mercurial lists as modified, but only beside unknown and without ignored files."""
    try:
        mode = os.lstat(os.path.join(repo.root, path)).st_mode
    except OSError:
        return False
    names = path.split(b'/')
    above = (b'/'.join(names[:count]) for count in range(1, len(names)))
    return not stat.S_ISREG(mode) and not stat.S_ISLNK(mode) and any(repo.dirstate._ignore(name) for name in above)


def _ask(repo, wctx, match):
    global _silent
    ui = repo.ui
    if _silent or not ui.configbool(b'quicksilver', b'enabled'):
        raise _NoAnswer('not asked')
    if not match.always() or repo.postdsstatus() or os.environ.get('HG_PENDING'):
        raise _NoAnswer('more than a status is wanted')
    if repo.currentwlock() is not None or getattr(repo.dirstate, '_dirty', False):
        raise _NoAnswer('a command is changing the working copy')
    if any(name in OTHERS for name, _module in extensions.extensions()):
        raise _NoAnswer('another extension decides')
    if any(True for section in (b'encode', b'decode') for _item in ui.configitems(section)):
        raise _NoAnswer('filters decide')
    root = repo.root
    if os.path.lexists(os.path.join(root, b'.hgsub')):
        raise _NoAnswer('there are subrepositories')
    place = os.stat(root)
    timeout = min(float(ui.config(b'quicksilver', b'timeout')), 5.0)
    values = [
        (b'root', root),
        (b'id', b'%d:%d' % (place.st_dev, place.st_ino)),
        (b'mount', _mounts()),
        (b'deadline', b'%d' % max(1, timeout * 800)),
    ]
    for name in VARIABLES:
        value = os.environb.get(name.encode('ascii'))
        if value is not None:
            values.append((b'env.' + name.encode('ascii'), value))
    request = b'quicksilver/1\0status\0%s\0' % b''.join(b'%s=%s\0' % item for item in values)
    try:
        answer = _exchange(_address(), request, timeout)
    except _socket.timeout:
        _silent = True
        raise
    lists = _checked(repo, wctx, answer)
    # One that is tracked, but missing, is a reason for Mercurial to warn.
    if b'.hgsub' in lists[3]:
        raise _NoAnswer('there are subrepositories')
    return lists


def _mounts():
    try:
        return os.readlink(b'/proc/self/ns/mnt')
    except OSError:
        return b'-'


def _is_private(path):
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _address():
    """Returns the server's address, by the rule of src/daemon/runtimeDirectory.ts; never from a repository."""
    env = os.environb
    directory = env.get(b'QUICKSILVER_RUNTIME_DIRECTORY', b'')
    if not directory.startswith(b'/'):
        session = env.get(b'XDG_RUNTIME_DIR', b'')
        if session.startswith(b'/') and _is_private(session):
            directory = os.path.join(session, b'quicksilver')
        else:
            base = env.get(b'TMPDIR', b'')
            base = base if base.startswith(b'/') else b'/tmp'
            directory = os.path.join(base, b'quicksilver-%d' % os.geteuid())
    if not _is_private(directory):
        raise _NoAnswer('no server')
    return os.path.join(directory, b'qs1.sock')


def _is_own_peer(connection):
    """False if the kernel knows that another user listens. The private directory keeps others out in any case."""
    option = getattr(_socket, 'SO_PEERCRED', None)
    if option is None:
        return True
    _process, user, _group = struct.unpack('iII', connection.getsockopt(_socket.SOL_SOCKET, option, 12))
    return user == os.geteuid()


def _exchange(address, request, timeout):
    """Sends a request and returns the whole answer. Raises _socket.timeout when all of it takes longer."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    end = time.monotonic() + timeout

    def limit():
        rest = end - time.monotonic()
        if rest <= 0:
            raise _socket.timeout('timed out')
        connection.settimeout(rest)

    try:
        limit()
        connection.connect(address)
        if not _is_own_peer(connection):
            raise _NoAnswer('the server is not ours')
        while request:
            limit()
            request = request[connection.send(request) :]
        parts = []
        size = 0
        while True:
            limit()
            part = connection.recv(1 << 18)
            if not part:
                return b''.join(parts)
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise _NoAnswer('the answer is too long')
    finally:
        connection.close()


def _checked(repo, wctx, answer):
    """Returns five sorted lists, if the answer is whole and that of the recorded state there is now."""
    if not answer.endswith(b'\0end\0\0'):
        raise _NoAnswer('the answer was cut off')
    fields = answer[:-6].split(b'\0')
    if fields[0] != b'exact':
        raise _NoAnswer(b' '.join(fields).decode('latin-1'))
    start = fields.index(b'entries=')
    facts = [field.partition(b'=')[::2] for field in fields[1:start]]
    values = dict(facts)
    parents = [wctx.p1().hex(), wctx.p2().hex()]
    if [values[b'p1'], values[b'p2']] != parents:
        raise _NoAnswer('other parents')
    own = os.path.join(repo.root, b'.hgignore')
    named = [path for path in repo.dirstate._ignorefiles() if path != own]
    if [value for name, value in facts if name == b'ignore' and value != own] != named:
        raise _NoAnswer('other ignore files')
    if any(name == b'warning' for name, _value in facts):
        raise _NoAnswer('a warning is due')
    lists = [[], [], [], [], []]
    for entry in fields[start + 1 :]:
        if not entry.startswith(b'  '):
            lists[LISTS[entry[:1]]].append(entry[2:])
    # Last: a command may have ended meanwhile.
    try:
        now = os.stat(repo.vfs.join(b'dirstate'))
        recorded = b'%d %d %d %d' % (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
    except FileNotFoundError:
        recorded = b'none'
    if values[b'dirstate'] != recorded:
        raise _NoAnswer('the recorded state has changed')
    for names in lists:
        names.sort()
    return lists
