use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::*;

const ANY: WindowBounds = WindowBounds { count: 100, bytes: 1_000_000 };

struct Fixture {
    root: tempfile::TempDir,
    mailbox: MaildirMailbox,
}

async fn fixture() -> Fixture {
    let root = tempfile::tempdir().unwrap();
    let mailbox = reopen(root.path()).await;
    Fixture { root, mailbox }
}

async fn reopen(root: &Path) -> MaildirMailbox {
    MaildirMailbox::open(root.join("in"), root.join("done"), root.join("bad"))
        .await
        .unwrap()
        .looking_every(Duration::from_millis(5))
}

impl Fixture {
    fn put(&self, name: &str, second: u64, text: &str) {
        put(&self.root.path().join("in"), name, second, text);
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.root.path().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    async fn texts(&mut self, bounds: WindowBounds) -> Vec<String> {
        let window = self.mailbox.next_window(bounds).await.unwrap();
        window.into_iter().map(|mail| String::from_utf8(mail.bytes).unwrap()).collect()
    }
}

fn put(inbox: &Path, name: &str, second: u64, text: &str) {
    let path = inbox.join(name);
    fs::write(&path, text).unwrap();
    let when = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
    fs::File::options().write(true).open(path).unwrap().set_modified(when).unwrap();
}

fn origin(name: &str) -> Origin {
    Origin::Maildir { file_name: name.to_owned() }
}

#[tokio::test]
async fn mails_come_oldest_first_from_new_and_cur_and_only_once() {
    let mut f = fixture().await;
    f.put("new/c", 300, "third");
    f.put("cur/a:2,S", 200, "second, read by somebody else");
    f.put("new/b", 100, "first");
    f.put("tmp/d", 50, "still being written");
    f.put("new/.hidden", 60, "no mail");
    assert_eq!(f.texts(ANY).await, ["first", "second, read by somebody else", "third"]);
    assert!(f.texts(ANY).await.is_empty());
    f.mailbox = reopen(f.root.path()).await;
    assert_eq!(f.texts(ANY).await.len(), 3, "what was not filed comes again after a restart");
}

#[tokio::test]
async fn a_window_ends_at_either_bound_and_a_large_mail_is_alone() {
    let mut f = fixture().await;
    for (second, text) in [(1, "aa"), (2, "bb"), (3, "a mail larger than the window"), (4, "cc"), (5, "dd"), (6, "ee")] {
        f.put(&format!("new/{second}"), second, text);
    }
    let bounds = WindowBounds { count: 2, bytes: 10 };
    assert_eq!(f.texts(bounds).await, ["aa", "bb"]);
    assert_eq!(f.texts(bounds).await, ["a mail larger than the window"]);
    assert_eq!(f.texts(bounds).await, ["cc", "dd"]);
    assert_eq!(f.texts(bounds).await, ["ee"]);
}

#[tokio::test]
async fn a_filed_mail_lies_in_cur_of_its_shelf_with_its_flags() {
    let mut f = fixture().await;
    f.put("new/one", 1, "1");
    f.put("cur/two:2,RS", 2, "2");
    f.put("new/three", 3, "3");
    f.mailbox.next_window(ANY).await.unwrap();
    f.mailbox.file(&[origin("one"), origin("two:2,RS")], Shelf::Done).await.unwrap();
    f.mailbox.file(&[origin("three")], Shelf::Quarantine).await.unwrap();
    assert_eq!(f.names("done/cur"), ["one:2,", "two:2,RS"]);
    assert_eq!(f.names("bad/cur"), ["three:2,"]);
    assert!(f.names("in/new").is_empty() && f.names("in/cur").is_empty());
}

#[tokio::test]
async fn filing_never_overwrites_a_mail() {
    let mut f = fixture().await;
    f.put("new/same", 1, "new");
    fs::write(f.root.path().join("done/cur/same:2,"), "old").unwrap();
    f.mailbox.file(&[origin("same")], Shelf::Done).await.unwrap();
    assert_eq!(fs::read_to_string(f.root.path().join("done/cur/same:2,")).unwrap(), "old");
    assert_eq!(fs::read_to_string(f.root.path().join("done/cur/same.1:2,")).unwrap(), "new");
}

#[tokio::test]
async fn a_mail_whose_flags_changed_is_still_filed_and_a_vanished_one_is_no_error() {
    let mut f = fixture().await;
    f.put("new/read-by-officer", 1, "1");
    f.put("new/deleted-by-officer", 2, "2");
    f.mailbox.next_window(ANY).await.unwrap();
    let inbox = f.root.path().join("in");
    fs::rename(inbox.join("new/read-by-officer"), inbox.join("cur/read-by-officer:2,S")).unwrap();
    fs::remove_file(inbox.join("new/deleted-by-officer")).unwrap();
    assert!(f.texts(ANY).await.is_empty(), "a mail that was read by somebody is not a new mail");
    f.mailbox.file(&[origin("read-by-officer"), origin("deleted-by-officer")], Shelf::Done).await.unwrap();
    assert_eq!(f.names("done/cur"), ["read-by-officer:2,S"]);
}

#[tokio::test]
async fn a_mail_that_vanished_after_the_look_does_not_end_the_reading() {
    let mut f = fixture().await;
    f.put("new/1", 1, "one");
    f.put("new/2", 2, "two");
    f.put("new/3", 3, "three");
    let one_at_a_time = WindowBounds { count: 1, bytes: 1000 };
    assert_eq!(f.texts(one_at_a_time).await, ["one"]);
    fs::remove_file(f.root.path().join("in/new/2")).unwrap();
    assert_eq!(f.texts(one_at_a_time).await, ["three"]);
}

#[tokio::test]
async fn what_can_not_be_read_is_counted_and_blocks_nothing() {
    let mut f = fixture().await;
    fs::create_dir(f.root.path().join("in/new/0-folder")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", f.root.path().join("in/new/0-link")).unwrap();
    f.put("new/1", 4_000_000_000, "readable");
    assert_eq!(f.texts(ANY).await, ["readable"]);
    assert!(f.texts(ANY).await.is_empty());
    assert_eq!(f.mailbox.unreadable(), 2);
    assert!(f.root.path().join("in/new/0-folder").exists());
}

#[tokio::test]
async fn an_empty_file_is_a_mail_too() {
    let mut f = fixture().await;
    f.put("new/empty", 1, "");
    assert_eq!(f.texts(ANY).await, [""]);
}

#[tokio::test]
async fn waiting_ends_when_a_mail_comes_and_when_the_time_is_up() {
    let mut f = fixture().await;
    f.put("new/1", 1, "one");
    f.mailbox.next_window(ANY).await.unwrap();
    let began = tokio::time::Instant::now();
    f.mailbox.wait(Duration::from_millis(20)).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(20), "a mail that was given is no news");
    let inbox = f.root.path().join("in");
    let (waited, ()) = tokio::join!(f.mailbox.wait(Duration::from_mins(1)), async {
        put(&inbox, "tmp/2", 2, "two");
        fs::rename(inbox.join("tmp/2"), inbox.join("new/2")).unwrap();
    });
    waited.unwrap();
    assert!(began.elapsed() < Duration::from_secs(30));
    assert_eq!(f.texts(ANY).await, ["two"]);
}
