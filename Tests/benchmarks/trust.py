"""An authority for one run, and a way to make one program believe that the system trusts it."""

import os
import pathlib
import shutil
import subprocess

from ground import run

SYSTEM = pathlib.Path("/etc/ssl/certs")
# Binds a folder over the system's in a mount namespace that only this program and its children see.
BIND = 'mount --bind "$1" /etc/ssl/certs && shift && exec "$@"'


class Authority:
    """A certificate for the loopback, and the system's certificates with its issuer among them."""

    def __init__(self, folder):
        folder.mkdir()
        self.certificate, self.server, self.server_key = (
            folder / name for name in ("authority.pem", "server.pem", "server.key"))
        key = folder / "authority.key"
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        run("openssl", "req", "-x509", *curve, "-subj", "/CN=Martlet bench", "-keyout", key, "-out", self.certificate)
        run("openssl", "req", "-x509", *curve, "-subj", "/CN=localhost", "-keyout", self.server_key,
            "-CA", self.certificate, "-CAkey", key, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE", "-out", self.server)
        self._system = folder / "certs"
        shutil.copytree(SYSTEM, self._system, symlinks=True, ignore=shutil.ignore_patterns("java"))
        subject = run("openssl", "x509", "-noout", "-hash", "-in", self.certificate).strip()
        number = next(number for number in range(100) if not (self._system / f"{subject}.{number}").is_symlink())
        shutil.copy(self.certificate, self._system / f"{subject}.{number}")

    def trusted(self):
        """The words to put before a command that is to trust the authority as one of the system's; None where
        this account may not bind folders."""
        spaces = ["--mount"] if os.getuid() == 0 else ["--mount", "--user", "--map-current-user"]
        words = ["unshare", *spaces, "sh", "-c", BIND, "sh", str(self._system)]
        worked = subprocess.run([*words, "true"], capture_output=True, check=False)
        return words if worked.returncode == 0 else None
