"""Roundcube as a person uses it: log in, read, press a link, write, send."""
import json
import os
import pathlib
import secrets
import shutil
import socket
import sqlite3
import subprocess
import urllib.parse

from browser import Browser, wait

PROGRAM = pathlib.Path("/var/lib/roundcube")


class Server:
    """Roundcube on PHP's own server, with a database of its own."""

    def __init__(self, folder, imap, smtp):
        folder = pathlib.Path(folder)
        config = folder / "config"
        shutil.copytree("/etc/roundcube", config, ignore=shutil.ignore_patterns("apache2", "debian-db*"))
        database = folder / "roundcube.db"
        with sqlite3.connect(database) as made:
            made.executescript(pathlib.Path("/usr/share/roundcube/SQL/sqlite.initial.sql").read_text())
        (config / "config.inc.php").write_text(f"""<?php
$config = [];
$config['db_dsnw'] = 'sqlite:///{database}?mode=0600';
$config['imap_host'] = '127.0.0.1:{imap}';
$config['smtp_host'] = '127.0.0.1:{smtp}';
$config['smtp_user'] = '';
$config['smtp_pass'] = '';
$config['des_key'] = '{secrets.token_hex(12)}';
$config['plugins'] = [];
$config['skin'] = 'elastic';
$config['language'] = 'nl_NL';
$config['log_dir'] = '{folder}';
$config['temp_dir'] = '{folder}';
$config['log_driver'] = 'file';
$config['enable_installer'] = false;
$config['prefer_html'] = true;
$config['htmleditor'] = 0;
$config['draft_autosave'] = 0;
$config['create_default_folders'] = true;
""")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = folder / "php.log"
        # One process: several of PHP's own server now and then forget a connection that they have taken.
        environment = os.environ | {"ROUNDCUBE_CONFIG_DIR": f"{config}/"}
        self.process = subprocess.Popen(["php", "-d", "session.save_path=" + str(folder), "-S", f"127.0.0.1:{self.port}", "-t", str(PROGRAM)],
                                        env=environment, stdout=self.log.open("wb"), stderr=subprocess.STDOUT)
        wait("PHP", lambda: socket.socket().connect_ex(("127.0.0.1", self.port)) == 0, 30, self.log.read_text)

    def close(self):
        self.process.terminate()
        self.process.wait()


class Roundcube:
    """One person in the web mail."""

    def __init__(self, server, browser: Browser, address, password):
        self.browser, self.home = browser, f"http://127.0.0.1:{server.port}/"
        browser.afresh()
        browser.go(self.home)
        browser.until("window.rcmail && document.readyState === 'complete' && !!document.querySelector('#rcmloginuser')")
        browser.script(f"""document.querySelector('#rcmloginuser').value = {json.dumps(address)};
            document.querySelector('#rcmloginpwd').value = {json.dumps(password)};
            document.querySelector('#rcmloginsubmit').click()""")
        browser.until("window.rcmail && rcmail.env.task === 'mail' && document.readyState === 'complete'")

    def letters(self):
        """The number and subject of each mail in the list, newest first."""
        self.browser.go(self.home + "?_task=mail&_mbox=INBOX")
        self.browser.until("window.rcmail && rcmail.env.task === 'mail' && rcmail.env.action === '' && rcmail.message_list && !rcmail.busy && document.readyState === 'complete'")
        return self.browser.script("[...document.querySelectorAll('#messagelist a[href*=\"_uid=\"]')].map(a => [a.href.match(/_uid=([0-9]+)/)[1], a.textContent])") or []

    def open(self, words):
        """Opens the newest mail whose subject holds these words; waits until it is there."""
        def newest():
            found = [int(uid) for uid, subject in self.letters() if words in subject]
            return max(found, default=None)
        self.browser.go(self.home + f"?_task=mail&_mbox=INBOX&_uid={wait(words, newest, self.browser.patience)}&_action=show")
        self.browser.until("window.rcmail && rcmail.env.action === 'show' && document.readyState === 'complete' && !!document.querySelector('#messagebody')")

    def press(self, command):
        """Presses the button of the open letter whose mail holds this command, and waits for the mail."""
        wanted = json.dumps(command)
        self.browser.until("!rcmail.busy && rcmail.commands.compose")
        pressed = self.browser.script(f"""(() => {{
            const links = [...document.querySelectorAll('#messagebody a')];
            const link = links.find(a => decodeURIComponent(a.href + ' ' + (a.getAttribute('onclick') || '')).includes({wanted}));
            if (!link) return false;
            link.scrollIntoView(); link.click(); return true }})()""")
        assert pressed, f"no button for {command}:\n" + self.browser.script("document.querySelector('#messagebody').innerHTML")
        # Roundcube asks whether to write to the address or to keep it: the person chooses to write.
        self.browser.until("[...document.querySelectorAll('#mailto-menu a.compose, .popover a.compose')].some(a => a.offsetParent)")
        self.browser.script("[...document.querySelectorAll('#mailto-menu a.compose, .popover a.compose')].find(a => a.offsetParent).click()")
        self.writing()

    def answer(self):
        self.browser.script("rcmail.command('reply', '')")
        self.writing()

    def write(self, to, subject, text):
        """A new mail."""
        self.browser.go(self.home + "?" + urllib.parse.urlencode({"_task": "mail", "_action": "compose", "_to": to, "_subject": subject}))
        self.writing()
        self.type(text)
        self.send()

    def writing(self):
        self.browser.until("window.rcmail && rcmail.env.action === 'compose' && document.readyState === 'complete' && !!document.querySelector('#composebody') && !rcmail.busy")

    def type(self, text):
        """Puts text above what stands there."""
        self.browser.script(f"(() => {{ const box = document.querySelector('#composebody'); box.value = {json.dumps(text)} + '\\n\\n' + box.value }})()")

    def written(self):
        return self.browser.script("document.querySelector('#composebody').value")

    def send(self):
        self.browser.script("rcmail.command('send', '')")
        self.browser.until("window.rcmail && rcmail.env.action !== 'compose' && document.readyState === 'complete'")
