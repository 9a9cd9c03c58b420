//! Handing letters to a Maildir: the embedded default, and rehearsals without a mail server.
//!
//! The file holds exactly the letter's bytes: no `Return-Path`, no `Delivered-To`. It is written in `tmp/`,
//! made durable, and moved to `new/` in one step, so that no reader ever sees half a letter. Its name is
//! made from the letter's id alone: a letter handed over twice is one file.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::composition::OutgoingLetter;

use super::classify::{HoldCause, Judgement, Stage};
use super::error::SubmissionError;
use super::report::Report;
use super::smtp_letter::BrokenLine;

/// Which folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaildirSettings {
    /// The folder that holds `tmp/`, `new/` and `cur/`; made when it is not there.
    pub folder: PathBuf,
}

/// Makes the folders.
pub(super) fn ready(settings: &MaildirSettings) -> Result<(), SubmissionError> {
    for name in ["tmp", "new", "cur"] {
        let folder = settings.folder.join(name);
        fs::create_dir_all(&folder).map_err(|error| SubmissionError::Local(format!("{}: {error}", folder.display())))?;
    }
    Ok(())
}

/// Writes one letter. Blocks on the disk.
pub(super) fn send(settings: &MaildirSettings, letter: &OutgoingLetter) -> Result<Report, BrokenLine> {
    let name = file_name(letter);
    let draft = settings.folder.join("tmp").join(&name);
    let new = settings.folder.join("new");
    if let Err(error) = write(&draft, &letter.bytes).and_then(|()| fs::rename(&draft, new.join(&name))) {
        // The draft was never seen by anybody; what remains of it is no loss.
        let _ = fs::remove_file(&draft);
        return Ok(Report::held(HoldCause::LocalFault, format!("{}: {error}", settings.folder.display())));
    }
    // The letter is there; whether it is still there after a power cut is known only now.
    fs::File::open(&new)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| BrokenLine { stage: Stage::FinalDot, text: format!("{}: {error}", new.display()) })?;
    Ok(Report::ours(Judgement::Accepted, "written"))
}

fn write(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// `<seconds>.<letter>.wederhoor`: the usual three parts. The seconds are those in the letter's id
/// (RFC 9562 section 5.7), so that files sort by age and a repeat has the same name.
fn file_name(letter: &OutgoingLetter) -> String {
    let seconds = letter.letter.0.get_timestamp().map_or(0, |moment| moment.to_unix().0);
    format!("{seconds}.{}.wederhoor", letter.letter)
}

#[cfg(test)]
mod tests {
    use crate::model::{DeskKey, Guarantee, LetterId, LetterKind, MailAddress};

    use super::*;

    fn letter() -> OutgoingLetter {
        let to: MailAddress = "jan@voorbeeld.example".parse().unwrap();
        let at = "2026-03-02T09:00:00Z".parse().unwrap();
        OutgoingLetter {
            letter: LetterId::new(at, [7; 10]),
            kind: LetterKind::Acknowledgement,
            case: None,
            desk: DeskKey::of(&to),
            envelope_from: None,
            to,
            message_id: "a@b.example".parse().unwrap(),
            guarantee: Guarantee::AtLeastOnce,
            expires_at: at,
            bytes: b"Subject: x\r\n\r\n.\r\ncaf\xc3\xa9\r\n".to_vec(),
        }
    }

    #[test]
    fn the_file_holds_exactly_the_bytes_and_a_repeat_is_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let settings = MaildirSettings { folder: folder.path().join("verzonden") };
        ready(&settings).unwrap();
        for _ in 0..2 {
            assert_eq!(send(&settings, &letter()).unwrap().judgement, Judgement::Accepted);
        }
        let files: Vec<_> = fs::read_dir(settings.folder.join("new")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        assert_eq!(fs::read(&files[0]).unwrap(), letter().bytes);
        assert!(files[0].file_name().unwrap().to_str().unwrap().starts_with("1772442000."));
        assert_eq!(fs::read_dir(settings.folder.join("tmp")).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_can_not_be_used_holds_the_letter() {
        let folder = tempfile::tempdir().unwrap();
        let settings = MaildirSettings { folder: folder.path().to_owned() };
        ready(&settings).unwrap();
        fs::remove_dir(folder.path().join("new")).unwrap();
        fs::write(folder.path().join("new"), b"").unwrap();
        assert_eq!(send(&settings, &letter()).unwrap().judgement, Judgement::Held(HoldCause::LocalFault));
        assert!(matches!(ready(&settings), Err(SubmissionError::Local(_))));
    }
}
