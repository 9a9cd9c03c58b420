//! The plain part of a connection that becomes encrypted (RFC 3207).
//!
//! It is spoken here and not by lettre, because whatever a stranger on the line slips in behind the `220`
//! must be forgotten before the handshake, never be read as an answer of the real server (M150).

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::error::SubmissionError;
use super::mask::masked;

/// Longest reply listened to, in bytes.
const LONGEST: usize = 16 * 1024;

/// Greets, asks for STARTTLS, and returns when the server says go. Everything else it said is dropped.
pub(super) async fn ask<L: AsyncRead + AsyncWrite + Unpin>(line: &mut L, hello_name: &str) -> Result<(), SubmissionError> {
    let mut heard = Vec::new();
    expect(read_reply(line, &mut heard).await?, 220)?;
    say(line, &format!("EHLO {hello_name}\r\n")).await?;
    let offers = expect(read_reply(line, &mut heard).await?, 250)?;
    if !offers.iter().any(|offer| offer.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(SubmissionError::StartTlsNotOffered);
    }
    say(line, "STARTTLS\r\n").await?;
    expect(read_reply(line, &mut heard).await?, 220)?;
    // RFC 3207 section 4.2: nothing learned before TLS counts, and `heard` ends here with all it holds.
    Ok(())
}

async fn say<L: AsyncWrite + Unpin>(line: &mut L, words: &str) -> Result<(), SubmissionError> {
    line.write_all(words.as_bytes()).await.map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> SubmissionError {
    SubmissionError::Unreachable(error.to_string())
}

fn expect((code, lines): (u16, Vec<String>), wanted: u16) -> Result<Vec<String>, SubmissionError> {
    if code == wanted { Ok(lines) } else { Err(SubmissionError::Busy { code, text: masked(&lines.join(" ")) }) }
}

/// One whole reply, however many lines it has; what follows it stays in `heard`.
async fn read_reply<L: AsyncRead + Unpin>(line: &mut L, heard: &mut Vec<u8>) -> Result<(u16, Vec<String>), SubmissionError> {
    let mut lines = Vec::new();
    loop {
        while let Some(end) = heard.iter().position(|&byte| byte == b'\n') {
            let text = String::from_utf8_lossy(heard.get(..end).unwrap_or_default()).trim_end().to_owned();
            heard.drain(..=end);
            let code = text.get(..3).and_then(|digits| digits.parse::<u16>().ok());
            let code = code.ok_or_else(|| SubmissionError::Protocol("no reply code".to_owned()))?;
            lines.push(text.get(4..).unwrap_or_default().to_owned());
            if text.as_bytes().get(3) != Some(&b'-') {
                return Ok((code, lines));
            }
        }
        if heard.len() > LONGEST || lines.len() > 200 {
            return Err(SubmissionError::Protocol("an endless reply".to_owned()));
        }
        if line.read_buf(heard).await.map_err(broken)? == 0 {
            return Err(broken("the server closed the line"));
        }
    }
}
