"""A real WordPress, from Debian's packages, for as long as a `with` lasts; what it writes lies in one folder.

with RealWordPress(folder) as site:
    site.php("echo get_bloginfo( 'version' );")
    settings.SITE_ADDRESSES, settings.SITE_CA_FILE = site.front.addresses, site.front.ca_file
"""

import json
import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from tests.wordpress.real import packages
from tests.wordpress.real.front import Front, front
from tests.wordpress.real.processes import database, free_port, web_server

HERE = Path(__file__).parent
DOMAIN = "www.real-wordpress.example"
CONFIG = """<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:{socket}' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'WP_HOME', 'https://{domain}' );
define( 'WP_SITEURL', 'https://{domain}' );
if ( 'https' === ( $_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '' ) ) {{
	$_SERVER['HTTPS'] = 'on';
}}
define( 'FS_METHOD', 'direct' );
define( 'DISABLE_WP_CRON', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_DISABLE_FATAL_ERROR_HANDLER', PHP_SAPI === 'cli' );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', '{log}' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {{
	define( 'ABSPATH', __DIR__ . '/' );
}}
require_once ABSPATH . 'wp-settings.php';
"""
PRELUDE = """<?php
$_SERVER['HTTP_HOST'] = '{domain}';
$_SERVER['HTTP_X_FORWARDED_PROTO'] = 'https';
$_SERVER['REQUEST_URI'] = '/';
require getenv( 'WORDPRESS_TREE' ) . '/wp-load.php';
wp_set_current_user( 1 );
$given = json_decode( stream_get_contents( STDIN ), true );
"""


class RealWordPress:
    """`url` is where its pages are, which no name service knows; `front` says how to find them."""

    front: Front

    def __init__(self, folder: Path) -> None:
        packages.require()
        self.folder, self.tree = folder, folder / "wordpress"
        self.domain, self.url = DOMAIN, f"https://{DOMAIN}"
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # A socket's path is short by law, and a test's folder may be long.
            socket = Path(stack.enter_context(TemporaryDirectory(prefix="wp-"))) / "db"
            stack.enter_context(database(self.folder, socket))
            self._unpack(socket)
            self._run(["php", "-r", _create(socket)], "")
            self._run(["php", str(HERE / "install.php")], "")
            port = free_port()
            stack.enter_context(web_server(self.folder, self.tree, HERE / "router.php", port))
            self.front = stack.enter_context(front(self.domain, port, self.folder))
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._open.close()

    def php(self, code: str, given: Any = None) -> str:
        """Runs code inside WordPress as its administrator, `$given` being the argument; returns what it echoes.

        Raises `RuntimeError` with what PHP said when it fails.
        """
        script = self.folder / "script.php"
        script.write_text(PRELUDE.format(domain=self.domain) + code, encoding="utf-8")
        return self._run(["php", str(script)], json.dumps(given))

    def log(self) -> str:
        """Notices, warnings and errors of PHP so far."""
        path = self.folder / "debug.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _unpack(self, socket: Path) -> None:
        """Debian's tree without its links, so that WordPress may write into it."""
        heavy = shutil.ignore_patterns("wp-config.php", ".htaccess", "akismet", "languages")
        shutil.copytree(packages.TREE, self.tree, ignore=heavy)
        config = CONFIG.format(socket=socket, domain=self.domain, log=self.folder / "debug.log")
        (self.tree / "wp-config.php").write_text(config, encoding="utf-8")

    def _run(self, words: list[str], given: str) -> str:
        ran = subprocess.run(
            words,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "WORDPRESS_TREE": str(self.tree)},
            check=False,
        )
        if ran.returncode:
            raise RuntimeError("\n".join(said[-2000:] for said in (ran.stdout, ran.stderr, self.log())))
        return ran.stdout


def _create(socket: Path) -> str:
    return f"(new mysqli('localhost', 'root', '', '', 0, '{socket}'))->query('CREATE DATABASE wordpress');"
