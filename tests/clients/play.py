"""A whole case as people live it: from the complaint to the answer to the one question afterwards.

The complainant writes and answers in neomutt and in Roundcube; the officer answers, presses buttons and sets the
appointment in both; the respondent uses Roundcube. Started by main.rs, which owns the servers. The pictures of what
each person saw stay in the folder that CLIENTS_SHOTS names.
"""
import datetime
import email
import email.message
import email.policy
import html
import imaplib
import json
import os
import pathlib
import re
import smtplib
import subprocess
import sys
import tempfile

from browser import Browser, wait
from neomutt import Neomutt
from roundcube import Roundcube, Server

PATIENCE = 120
DESK, OFFICER = "klachten@voorbeeldzorg.example", "officier@voorbeeldzorg.example"
COMPLAINANT, RESPONDENT = "klager@elders.example", "beklaagde@poli.example"
NEW_CASE = f"Nieuwe klacht [{datetime.date.today().year}-0001]"
BY_WEB_MAIL = "klachten1@elders.example"
NAMES = {COMPLAINANT: "Anna de Boer", OFFICER: "Noor de Wit"}
IMAP, SMTP, PASSWORD = int(os.environ["IMAP_PORT"]), int(os.environ["SMTP_PORT"]), os.environ["MAIL_PASSWORD"]
PROGRAM = [os.environ["WEDERHOOR"], "--config", os.environ["CONFIG"]]
SHOTS = pathlib.Path(os.environ.get("CLIENTS_SHOTS") or tempfile.mkdtemp(prefix="wederhoor-clients-shots"))


def step(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


def letters(address):
    """The mails of a person, oldest first."""
    box = imaplib.IMAP4("127.0.0.1", IMAP)
    box.login(address.split("@")[0], PASSWORD)
    box.select("INBOX", readonly=True)
    numbers = box.search(None, "ALL")[1][0].split()
    mails = [email.message_from_bytes(box.fetch(number, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default) for number in numbers]
    box.logout()
    return mails


def letter(address, words, count=1):
    """Waits for the nth letter with these words in its subject."""
    def found():
        fitting = [mail for mail in letters(address) if words in mail["subject"]]
        return fitting[count - 1] if len(fitting) >= count else None
    return wait(f"letter {count} to {address} about {words}", found, PATIENCE,
                lambda: "\n".join(str(mail["subject"]) for mail in letters(address)))


def notice(count):
    """Waits until the officer has this many mails and gives the last."""
    return wait(f"mail {count} of the officer", lambda: letters(OFFICER)[count - 1:count], PATIENCE,
                lambda: "\n".join(str(mail["subject"]) for mail in letters(OFFICER)))[0]


def body(mail, kind):
    return mail.get_body((kind,)).get_content()


def button(mail, command):
    """The mailto URL of the button for a command, as it stands in the HTML of the letter."""
    links = [html.unescape(link) for link in re.findall(r'href="(mailto:[^"]*)"', body(mail, "html"))]
    wanted = command.replace("#", "%23")
    fitting = [link for link in links if wanted in link]
    assert fitting, f"no button for {command} among {links}"
    return fitting[0]


def wederhoor(*arguments):
    done = subprocess.run(PROGRAM + list(arguments), capture_output=True, text=True)
    assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stderr}"
    return done.stdout


def case(address=COMPLAINANT):
    cases = [json.loads(line) for line in wederhoor("cases", "--json").splitlines()]
    return next((one for one in cases if one["complainant"]["address"] == address), {"state": "not there"})


def accepts(address, invitation):
    """What a calendar program sends when its owner presses Accept (RFC 5546 section 3.2.3)."""
    invited = next(part for part in invitation.walk() if part.get_content_type() == "text/calendar").get_content()
    unfolded = re.sub(r"\r?\n[ \t]", "", invited)
    line = lambda name: re.search(rf"(?m)^{name}[;:].*$", unfolded).group().strip()
    organizer = re.search(r"(?im)^ORGANIZER.*mailto:(\S+)", unfolded).group(1)
    answer = ["BEGIN:VCALENDAR", "PRODID:-//a calendar//NL", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT", line("UID"), line("SEQUENCE"), line("DTSTART"),
              line("ORGANIZER"), f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{address}", "DTSTAMP:20260101T120000Z", "END:VEVENT", "END:VCALENDAR", ""]
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = address, organizer, "Geaccepteerd: " + invitation["subject"]
    mail["Message-ID"] = "<accepted@elders.example>"
    mail.set_content("\r\n".join(answer), subtype="calendar", params={"method": "REPLY"})
    with smtplib.SMTP("127.0.0.1", SMTP) as server:
        server.send_message(mail)


def state(wanted):
    wait(f"the state {wanted}", lambda: case()["state"] == wanted, PATIENCE, lambda: str(case()))


def at(moment):
    wederhoor("run", "--once", "--at", moment.isoformat())


def shown(browser, name):
    """What the person sees, at a desk and on a telephone, there by day and by night."""
    browser.size(1280, 900)
    browser.shot(name)
    for width, height, scheme, kind in [(390, 844, "light", "-phone"), (390, 844, "dark", "-phone-dark"), (1280, 900, "light", None)]:
        browser.size(width, height, scheme)
        # Roundcube moves its menus for a moment after a change of size; a page that is loaded small lies still.
        browser.script("location.reload()")
        dark = json.dumps(scheme == "dark")
        browser.until(f"""window.rcmail && document.readyState === 'complete' && innerWidth === {width}
            && document.documentElement.classList.contains('dark-mode') === {dark}
            && !!document.querySelector('#messagebody, #composebody')""")
        if kind:
            browser.shot(name + kind)


def talk_day():
    """A day on which people work, next week or later."""
    day = datetime.date.today() + datetime.timedelta(days=8)
    free = {(1, 1), (4, 27), (5, 5), (12, 24), (12, 25), (12, 26), (12, 31)}
    while day.weekday() not in (1, 2, 3) or (day.month, day.day) in free:
        day += datetime.timedelta(days=1)
    return day


def play(scratch, browser, web):
    mutt = iter(range(100))
    neomutt = lambda who: Neomutt(scratch / f"neomutt{next(mutt)}", NAMES[who], who, PASSWORD, IMAP, SMTP, PATIENCE)
    roundcube = lambda who: Roundcube(web, browser, who, PASSWORD)
    daemon = subprocess.Popen(PROGRAM + ["run"], stdout=subprocess.DEVNULL, stderr=(scratch / "daemon.log").open("wb"))
    try:
        step("the complainant writes, in neomutt")
        neomutt(COMPLAINANT).write(DESK, "Wachttijd oogpoli",
                                   "Ik heb vrijdag twee uur gewacht op de oogpoli.\nNiemand zei waarom. Ik wil graag weten hoe dat kon.\n\nAnna de Boer")
        letter(COMPLAINANT, "Uw bericht van")
        notice(1)
        state("INTAKE")

        step("somebody else writes, in Roundcube")
        page = roundcube(BY_WEB_MAIL)
        page.write(DESK, "Klacht over de balie", "Ik heb een klacht. Bij de balie was niemand, en mijn papieren waren kwijt.\n\nPiet Jansen")
        letter(BY_WEB_MAIL, "Uw bericht van")
        notice(2)
        assert case(BY_WEB_MAIL)["state"] == "INTAKE", case(BY_WEB_MAIL)

        step("the complainant reads the confirmation in Roundcube, and adds something")
        page = roundcube(COMPLAINANT)
        page.open("Uw bericht van")
        shown(browser, "01-acknowledgement")
        page.answer()
        page.type("Ik vergat nog te zeggen: er zat ook niemand aan de balie.")
        page.send()
        assert "niemand aan de balie" in body(notice(3), "plain")

        step("the officer presses a button in Roundcube")
        page = roundcube(OFFICER)
        page.open(NEW_CASE)
        shown(browser, "02-new-case")
        page.press("#gesproken")
        browser.shot("03-button-pressed")
        assert page.written().startswith("#gesproken"), page.written()
        page.send()
        state("OPEN")
        notice(4)

        step("the officer names the respondent, as an answer in neomutt")
        seen = neomutt(OFFICER).answer(NEW_CASE, f"#beklaagde Bert Visser <{RESPONDENT}>")
        (SHOTS / "04-new-case-neomutt.txt").write_text(seen)
        receipt = notice(5)

        step("the officer presses a button in neomutt")
        (SHOTS / "05-button-neomutt.txt").write_text(neomutt(OFFICER).write(button(receipt, "#bemiddeling"), "", ""))
        state("CONSENT")
        notice(6)
        for party in (COMPLAINANT, RESPONDENT):
            letter(party, "Wilt u een gesprek")

        step("the complainant says yes in neomutt, the respondent in Roundcube")
        (SHOTS / "06-invitation-neomutt.txt").write_text(neomutt(COMPLAINANT).answer("Wilt u een gesprek", "Ja, graag."))
        notice(7)
        page = roundcube(RESPONDENT)
        page.open("Wilt u een gesprek")
        shown(browser, "07-invitation")
        page.answer()
        page.type("Ja, ik doe mee.")
        page.send()
        state("PLANNING")
        notice(8)

        step("the officer sets the appointment in Roundcube")
        day = talk_day()
        page = roundcube(OFFICER)
        page.open("Nieuwe mail in zaak")
        shown(browser, "08-consent-complete")
        page.answer()
        page.type(f"#afspraak {day} 14:00 60m kamer 2.14")
        page.send()
        state("SCHEDULED")
        notice(9)
        for party, other in ((COMPLAINANT, RESPONDENT), (RESPONDENT, COMPLAINANT)):
            invitation = letter(party, "Afspraak voor het gesprek")
            calendar = [part for part in invitation.walk() if part.get_content_type() == "text/calendar"]
            assert calendar and "METHOD:REQUEST" in calendar[0].get_content(), "the appointment is in the calendar"
            assert other not in invitation.as_string(), "neither has the other's address (I6)"
        step("the complainant's calendar accepts")
        accepts(COMPLAINANT, letter(COMPLAINANT, "Afspraak voor het gesprek"))
        wait("the calendar's answer in the journal", lambda: "accepted" in wederhoor("case", case()["number"], "--json").lower().split('"letters"')[0], PATIENCE,
             lambda: wederhoor("case", case()["number"], "--json"))
        assert case()["state"] == "SCHEDULED", case()
        page = roundcube(COMPLAINANT)
        page.open("Afspraak voor het gesprek")
        shown(browser, "09-appointment")
        page = roundcube(OFFICER)
        page.open("Gedaan" if "Gedaan" in notice(9)["subject"] else "Gaat zo weg")
        shown(browser, "10-receipt")
    finally:
        daemon.terminate()
        daemon.wait()

    step("the talk takes place; the officer says so in neomutt and closes in Roundcube")
    after = datetime.datetime.combine(day, datetime.time(15, 30), datetime.timezone.utc)
    at(after)
    neomutt(OFFICER).answer(NEW_CASE, "#gehouden tevreden")
    arrives(after, "HELD")
    page = roundcube(OFFICER)
    page.open(NEW_CASE)
    page.answer()
    page.type("#sluiten tevreden")
    page.send()
    arrives(after + datetime.timedelta(hours=1), "CLOSED")
    letter(COMPLAINANT, "Afsluiting van uw zaak")
    letter(RESPONDENT, "De zaak is afgesloten")

    step("the one question afterwards, answered in Roundcube")
    due = datetime.datetime.fromisoformat(case()["follow_up"]["due_at"].replace("Z", "+00:00")) + datetime.timedelta(minutes=5)
    at(due)
    letter(COMPLAINANT, "Hoe vond u onze hulp")
    page = roundcube(COMPLAINANT)
    page.open("Afsluiting van uw zaak")
    shown(browser, "11-closing")
    page.open("Hoe vond u onze hulp")
    shown(browser, "12-follow-up")
    page.answer()
    page.type("Een 8. Ik voelde mij gehoord, maar het duurde lang.")
    page.send()

    def answered():
        at(due + datetime.timedelta(hours=1))
        return case()["follow_up"]["state"] == "answered"
    wait("the answer to the follow-up", answered, PATIENCE, lambda: str(case()))
    assert case()["follow_up"]["grade"] == 8, case()
    assert len([mail for mail in letters(COMPLAINANT) if "Hoe vond u" in mail["subject"]]) == 1, "asked once (I4)"


def arrives(moment, wanted):
    """A mail is on its way through the servers: the desk looks until the case is where it should be."""
    def there():
        at(moment)
        return case()["state"] == wanted
    wait(f"the state {wanted}", there, PATIENCE, lambda: str(case()))


def main():
    SHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wederhoor-clients") as folder:
        scratch = pathlib.Path(folder)
        (scratch / "web").mkdir()
        web = Server(scratch / "web", IMAP, SMTP)
        try:
            browser = Browser(scratch, PATIENCE)
            browser.shots = SHOTS
            try:
                play(scratch, browser, web)
            except BaseException:
                browser.shot("where-it-failed")
                log = scratch / "daemon.log"
                print(log.read_text()[-6000:] if log.exists() else "", file=sys.stderr)
                raise
            finally:
                browser.close()
        finally:
            web.close()
    print(f"a whole case went through neomutt and Roundcube; pictures in {SHOTS}", file=sys.stderr)


main()
