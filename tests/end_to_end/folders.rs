//! A desk whose mailbox and submission are folders: the real program, its mail carried by hand, so that every mail is
//! counted and nothing has to be waited for.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use mail_parser::MessageParser;

use crate::program::{Installation, Wiring};

/// A desk whose mailbox and submission are folders, with this address and this officer.
pub fn desk(address: &str, officer: &str) -> Installation {
    let wiring = Wiring {
        retrieval: "maildir = \"in\"".to_owned(),
        submission: "maildir = \"out\"".to_owned(),
        desk: address.to_owned(),
        officer: officer.to_owned(),
        ..Wiring::new(0, 0)
    };
    let desk = Installation::new(&wiring, "-");
    for folder in ["in", "out"].iter().flat_map(|maildir| ["tmp", "new", "cur"].map(|part| format!("{maildir}/{part}"))) {
        fs::create_dir_all(desk.path(&folder)).unwrap();
    }
    desk
}

/// Puts a mail into the mailbox of a desk.
pub fn deliver(desk: &Installation, mail: &[u8]) {
    static DELIVERED: AtomicU32 = AtomicU32::new(0);
    let name = format!("{}.carried.test", DELIVERED.fetch_add(1, Ordering::Relaxed));
    fs::write(desk.path("in/tmp").join(&name), mail).unwrap();
    fs::rename(desk.path("in/tmp").join(&name), desk.path("in/new").join(&name)).unwrap();
}

/// A letter on its way.
pub struct Carried {
    /// The letter's id, as its file is named after it.
    pub id: String,
    pub to: String,
    pub reply_to: String,
    pub bytes: Vec<u8>,
}

/// The desk handles what waits; gives what it sent.
pub fn turn(desk: &Installation) -> Vec<Carried> {
    let ended = desk.command(&["run", "--once"]);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let mut files: Vec<PathBuf> = fs::read_dir(desk.path("out/new")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let bytes = fs::read(&file).unwrap();
            let id = file.file_name().unwrap().to_str().unwrap().split('.').nth(1).unwrap().to_owned();
            fs::remove_file(file).unwrap();
            let mail = MessageParser::default().parse(&bytes).expect("a letter");
            let first = |list: Option<&mail_parser::Address<'_>>| {
                list.and_then(|list| list.first()).and_then(|one| one.address()).unwrap_or_default().to_owned()
            };
            Carried { id, to: first(mail.to()), reply_to: first(mail.reply_to().or(mail.from())), bytes }
        })
        .collect()
}

/// A complaint as people write it.
pub const COMPLAINT: &str = "Goedemorgen,\n\nIk heb een klacht: ik heb vrijdag twee uur gewacht op de oogpoli.\n\nAnna de Boer";

/// A mail of somebody elsewhere.
pub fn mail(from: &str, to: &str, subject: &str, id: usize, text: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{from}>\nFrom: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}@elders.example>\nMIME-Version: \
         1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    .into_bytes()
}
