"""neomutt in a terminal, with keys pressed and the screen read."""
import os
import pathlib
import re
import shlex
import subprocess

from browser import wait


class Neomutt:
    """One person's neomutt in a tmux of its own."""

    def __init__(self, folder, name, address, password, imap, smtp, patience=60):
        self.folder, self.patience = pathlib.Path(folder), patience
        self.folder.mkdir()
        self.said = self.folder / "said"
        editor = self.folder / "editor"
        # The editor of this person: what they want to say goes above what stands there.
        editor.write_text(f'#!/bin/sh\ncat {shlex.quote(str(self.said))} "$1" > "$1.new" && mv "$1.new" "$1"\n')
        editor.chmod(0o755)
        user = address.split("@")[0]
        quoted = password.replace("'", "'\"'\"'")
        (self.folder / "neomuttrc").write_text(f"""set from = "{address}"
set realname = "{name}"
set imap_user = "{user}"
set imap_pass = '{quoted}'
set folder = "imap://{user}@127.0.0.1:{imap}/"
set spool_file = "+INBOX"
set smtp_url = "smtp://127.0.0.1:{smtp}/"
set ssl_starttls = no
set ssl_force_tls = no
set editor = "{editor}"
set record = ""
set fast_reply = yes
set auto_edit = yes
set edit_headers = no
set reply_to = yes
set include = yes
set confirm_append = no
set wait_key = no
set sort = date-received
set mail_check = 1
set header_cache = ""
set history_file = ""
set send_charset = "utf-8"
alternative_order text/plain
ignore *
unignore from to reply-to subject date
""")
        self.socket = str(self.folder / "tmux")

    def tmux(self, *arguments):
        done = subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *arguments], capture_output=True, text=True)
        return done.stdout

    def start(self, *arguments):
        line = shlex.join(["env", "HOME=" + str(self.folder), "LC_ALL=C.UTF-8", "TERM=screen", "neomutt", "-n", "-F", str(self.folder / "neomuttrc"), *arguments])
        self.tmux("new-session", "-d", "-x", "110", "-y", "60", line)

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def sees(self, *words):
        return wait(" or ".join(words), lambda: next((word for word in words if word in self.screen()), None), self.patience, self.screen)

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def gone(self):
        wait("the end of neomutt", lambda: not self.tmux("list-sessions"), self.patience, self.screen)

    def send(self):
        """From the list of headers that neomutt shows before sending."""
        self.sees("y:Send")
        before = self.screen()
        self.keys("y")
        return before

    def write(self, to, subject, text):
        """A new mail, or the mail of a pressed button: `to` may be a whole mailto URL."""
        self.said.write_text(text + "\n" if text else "")
        self.start(*(["-s", subject] if subject else []), "--", to)
        shown = self.send()
        self.gone()
        return shown

    def answer(self, words, text):
        """Opens the newest mail with these words in its subject and answers it; gives what stood on the screen."""
        self.said.write_text(text + "\n")
        self.start()
        self.sees("q:Quit")
        wait(words, lambda: words in self.screen() or self.keys("$"), self.patience, self.screen)
        # The last entry that matches is the newest. What is searched for is a pattern: a bracket becomes any sign.
        self.keys("l", "~s " + shlex.quote(re.sub(r"[\[\]]", ".", words)), "Enter")
        self.keys("*")
        self.keys("Enter")
        self.sees("i:Exit")
        letter = self.screen()
        self.keys("r")
        self.send()
        self.sees("i:Exit", "q:Quit")
        self.keys("i") if "i:Exit" in self.screen() else None
        self.sees("q:Quit")
        self.keys("q")
        self.gone()
        return letter

    def close(self):
        self.tmux("kill-server")
