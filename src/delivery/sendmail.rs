//! Handing letters to the `sendmail` program of this machine.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::composition::OutgoingLetter;

use super::classify::{HoldCause, Judgement, Stage};
use super::error::SubmissionError;
use super::report::Report;
use super::smtp_letter::BrokenLine;

/// Which program, and how many at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendmailSettings {
    /// The program, for instance `/usr/sbin/sendmail`.
    pub program: PathBuf,
    /// Programs running at the same time, 1 or more.
    pub connections: usize,
    /// How long one may take.
    pub timeout: Duration,
}

/// The program is there to be called.
pub(super) fn ready(settings: &SendmailSettings) -> Result<(), SubmissionError> {
    if settings.program.is_file() {
        Ok(())
    } else {
        Err(SubmissionError::Local(format!("there is no program {}", settings.program.display())))
    }
}

/// Calls the program once. Its exit codes are those of sysexits.h.
pub(super) async fn send(settings: &SendmailSettings, letter: &OutgoingLetter) -> Result<Report, BrokenLine> {
    let sender = letter.envelope_from.as_ref().map_or("<>", |address| address.as_str());
    let child = Command::new(&settings.program)
        // -i: a lone dot does not end the letter. The recipient stands on the command line, never read from
        // the headers, and behind `--` it is never taken for an option.
        .args(["-i", "-f", sender, "--", letter.to.as_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return Ok(Report::held(HoldCause::LocalFault, format!("sendmail does not start: {error}"))),
    };
    // The program speaks the line ends of this machine and puts CRLF on the wire again (M138).
    let text = with_local_line_ends(&letter.bytes);
    let mut stdin = child.stdin.take();
    let work = async {
        if let Some(stdin) = &mut stdin {
            // A program that gives up early closes its ear; its exit code then tells more than this error.
            let _ = stdin.write_all(&text).await;
        }
        drop(stdin);
        child.wait_with_output().await
    };
    let broken = |text: String| BrokenLine { stage: Stage::FinalDot, text };
    let output = tokio::time::timeout(settings.timeout, work)
        .await
        .map_err(|_| broken(format!("sendmail did not end within {} s", settings.timeout.as_secs())))?
        .map_err(|error| broken(error.to_string()))?;
    let code = output.status.code().ok_or_else(|| broken("sendmail was killed".to_owned()))?;
    Ok(Report::ours(judge_exit(code), format!("sendmail ended with {code}: {}", String::from_utf8_lossy(&output.stderr))))
}

/// sysexits.h; what it does not know is temporary.
fn judge_exit(code: i32) -> Judgement {
    match code {
        0 => Judgement::Accepted,
        // EX_DATAERR, EX_NOUSER, EX_NOHOST: this letter.
        65 | 67 | 68 => Judgement::Failed,
        // EX_USAGE, EX_NOPERM, EX_CONFIG: every letter (M152).
        64 | 77 | 78 => Judgement::Held(HoldCause::LocalFault),
        _ => Judgement::Deferred,
    }
}

fn with_local_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                text.extend_from_slice(line);
                text.push(b'\n');
            }
            None => text.extend_from_slice(line),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_mean_what_sysexits_says() {
        assert_eq!(judge_exit(0), Judgement::Accepted);
        assert_eq!(judge_exit(67), Judgement::Failed);
        assert_eq!(judge_exit(75), Judgement::Deferred);
        assert_eq!(judge_exit(78), Judgement::Held(HoldCause::LocalFault));
        assert_eq!(judge_exit(1), Judgement::Deferred);
    }

    #[test]
    fn only_whole_line_ends_become_local_ones() {
        assert_eq!(with_local_line_ends(b"a\r\n.\r\n\r\nb"), b"a\n.\n\nb");
    }
}
