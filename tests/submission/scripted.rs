//! An SMTP server that does as it is told, and remembers what it heard.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use wederhoor::delivery::{SmtpSettings, Submission};

/// What the server does when the final dot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtTheDot {
    /// Answers.
    Answer(&'static str),
    /// Has taken the letter, and the line breaks before it can say so.
    TakeAndCut,
    /// Has taken the letter and says nothing any more.
    TakeAndBeSilent,
}

/// How one connection goes. Every answer that is not told is a good one.
#[derive(Clone, Debug)]
pub struct Behaviour {
    pub greeting: &'static str,
    pub offers: Vec<&'static str>,
    /// Said right behind the answer to STARTTLS, in the clear.
    pub injected: &'static str,
    pub auth: &'static str,
    pub mail: &'static str,
    /// Answer to `MAIL FROM:<>`; the same as `mail` when empty.
    pub mail_null: &'static str,
    pub rcpt: &'static str,
    pub data: &'static str,
    pub dot: AtTheDot,
    /// The line breaks when this many bytes of the letter have come.
    pub cut_in_letter: Option<usize>,
    /// The line breaks when this many letters were taken, without a word.
    pub cut_after: usize,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            greeting: "220 hier",
            offers: vec!["SIZE 100000", "8BITMIME"],
            injected: "",
            auth: "235 2.7.0 welkom",
            mail: "250 2.1.0 ok",
            mail_null: "",
            rcpt: "250 2.1.5 ok",
            data: "354 ga door",
            dot: AtTheDot::Answer("250 2.0.0 ok"),
            cut_in_letter: None,
            cut_after: usize::MAX,
        }
    }
}

/// A letter as the server took it: the lines of its envelope, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub mail: String,
    pub rcpt: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Default)]
struct Memory {
    connections: usize,
    commands: Vec<String>,
    taken: Vec<Taken>,
}

/// A running server; it ends with the runtime of its test.
#[derive(Clone, Debug)]
pub struct Scripted {
    pub port: u16,
    memory: Arc<Mutex<Memory>>,
}

impl Scripted {
    /// The `n`th connection behaves as the `n`th says, all further ones as the last.
    pub async fn start(behaviours: Vec<Behaviour>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), memory: Arc::default() };
        let memory = Arc::clone(&server.memory);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let number = {
                    let mut memory = memory.lock().unwrap();
                    memory.connections += 1;
                    memory.connections
                };
                let behaviour = behaviours[(number - 1).min(behaviours.len() - 1)].clone();
                tokio::spawn(converse(stream, behaviour, Arc::clone(&memory)));
            }
        });
        server
    }

    /// A submission to this server, one line at a time.
    pub fn submission(&self) -> Submission {
        Submission::smtp(self.settings())
    }

    pub fn settings(&self) -> SmtpSettings {
        SmtpSettings { connections: 1, ..SmtpSettings::plain_on_loopback(self.port) }
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.memory.lock().unwrap().taken.clone()
    }

    pub fn commands(&self) -> Vec<String> {
        self.memory.lock().unwrap().commands.clone()
    }

    pub fn connections(&self) -> usize {
        self.memory.lock().unwrap().connections
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(stream: S, behaviour: Behaviour, memory: Arc<Mutex<Memory>>) {
    let mut stream = BufReader::new(stream);
    let say = async |stream: &mut BufReader<S>, words: &str| {
        let _ = stream.write_all(format!("{words}\r\n").as_bytes()).await;
    };
    say(&mut stream, behaviour.greeting).await;
    let (mut mail, mut rcpt, mut taken) = (String::new(), String::new(), 0);
    let (mut mail_taken, mut rcpt_taken) = (false, false);
    loop {
        if taken >= behaviour.cut_after {
            return;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end().to_owned();
        memory.lock().unwrap().commands.push(line.clone());
        let answer = match line.split([' ', ':']).next().unwrap() {
            "EHLO" => {
                let offers: Vec<String> = behaviour.offers.iter().map(|offer| format!("250-{offer}\r\n")).collect();
                format!("250-hier\r\n{}250 HELP", offers.concat())
            }
            "STARTTLS" => format!("220 go\r\n{}", behaviour.injected),
            "AUTH" => behaviour.auth.to_owned(),
            "MAIL" => {
                mail.clone_from(&line);
                let null = line.starts_with("MAIL FROM:<>") && !behaviour.mail_null.is_empty();
                let answer = if null { behaviour.mail_null } else { behaviour.mail };
                mail_taken = answer.starts_with('2');
                answer.to_owned()
            }
            "RCPT" | "DATA" if !mail_taken => "503 5.5.1 from whom?".to_owned(),
            "RCPT" => {
                rcpt.clone_from(&line);
                rcpt_taken = behaviour.rcpt.starts_with('2');
                behaviour.rcpt.to_owned()
            }
            "DATA" => behaviour.data.to_owned(),
            "QUIT" => {
                say(&mut stream, "221 dag").await;
                return;
            }
            _ => "250 ok".to_owned(),
        };
        if answer.is_empty() {
            return;
        }
        say(&mut stream, &answer).await;
        if !answer.starts_with("354") {
            continue;
        }
        if let Some(bytes) = behaviour.cut_in_letter {
            let mut some = vec![0; bytes];
            let _ = stream.read_exact(&mut some).await;
            return;
        }
        let Some(bytes) = read_letter(&mut stream).await else { return };
        match behaviour.dot {
            AtTheDot::TakeAndCut => {
                memory.lock().unwrap().taken.push(Taken { mail, rcpt, bytes });
                return;
            }
            AtTheDot::TakeAndBeSilent => {
                memory.lock().unwrap().taken.push(Taken { mail, rcpt, bytes });
                return std::future::pending().await;
            }
            // RFC 2920 section 3.1: text for nobody.
            AtTheDot::Answer(_) if !rcpt_taken => say(&mut stream, "554 5.5.1 no valid recipients").await,
            AtTheDot::Answer(words) => {
                if words.starts_with('2') {
                    memory.lock().unwrap().taken.push(Taken { mail: mail.clone(), rcpt: rcpt.clone(), bytes });
                    taken += 1;
                }
                say(&mut stream, words).await;
            }
        }
    }
}

/// The letter up to the final dot, doubled dots made single (RFC 5321 section 4.5.2).
async fn read_letter<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
            return None;
        }
        if line == b".\r\n" {
            return Some(bytes);
        }
        bytes.extend_from_slice(if line.starts_with(b".") { &line[1..] } else { &line });
    }
}
