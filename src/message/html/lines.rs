//! Words put into lines as a screen would show them.

/// Deepest quotation that gets its own marks.
const DEEPEST_QUOTE: usize = 8;
/// What a line across the page becomes.
const RULE: &str = "________________________________";

/// Lines that are being written.
#[derive(Default)]
pub(super) struct Lines {
    out: String,
    line: String,
    /// Empty lines owed before the next words.
    owed: usize,
    quotes: usize,
    /// Inside how many elements line ends and blanks count.
    preformatted: usize,
    /// Where the open paragraph begins in `out`.
    paragraph: usize,
    /// How many characters of `line` are a mark of a list.
    mark: usize,
}

impl Lines {
    /// Words, with their blanks as HTML means them.
    pub(super) fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.break_line();
                }
                self.line.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        for (number, word) in text.split([' ', '\t', '\r', '\n', '\u{a0}']).enumerate() {
            if number > 0 && !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
            self.line.push_str(word);
        }
    }

    /// Ends the line, also an empty one.
    pub(super) fn break_line(&mut self) {
        self.end_line(true);
    }

    /// A line across the page. Two of them side by side are one.
    pub(super) fn rule(&mut self) {
        self.end_line(false);
        if self.out.trim_end().ends_with(RULE) {
            return;
        }
        self.line.push_str(RULE);
        self.end_line(false);
    }

    /// What follows stands on a line of its own.
    pub(super) fn begin_block(&mut self) {
        if self.line.len() > self.mark {
            self.end_line(false);
        }
    }

    pub(super) fn begin_paragraph(&mut self, is_tight: bool) {
        self.begin_block();
        if !is_tight && self.mark == 0 && !self.out.is_empty() {
            self.owed = self.owed.max(1);
        }
        self.paragraph = self.out.len();
    }

    pub(super) fn end_paragraph(&mut self, is_tight: bool) {
        let is_empty = self.line.trim().is_empty() && self.out.len() == self.paragraph;
        self.end_line(is_empty && is_tight);
        if !is_tight {
            self.owed = self.owed.max(1);
        }
    }

    /// An item of a list, with its mark and so many levels of indentation.
    pub(super) fn item(&mut self, mark: &str, level: usize) {
        self.end_line(false);
        self.line.push_str(&"  ".repeat(level));
        self.line.push_str(mark);
        self.mark = self.line.len();
    }

    /// A quotation begins or ends.
    pub(super) fn quote(&mut self, begins: bool) {
        self.end_line(false);
        self.quotes = if begins { self.quotes + 1 } else { self.quotes.saturating_sub(1) };
    }

    /// Text whose line ends count begins or ends.
    pub(super) fn preformatted(&mut self, begins: bool) {
        self.end_line(false);
        self.preformatted = if begins { self.preformatted + 1 } else { self.preformatted.saturating_sub(1) };
    }

    fn end_line(&mut self, even_if_empty: bool) {
        self.mark = 0;
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        if line.is_empty() {
            if even_if_empty && !self.out.is_empty() {
                self.owed = (self.owed + 1).min(2);
            }
            return;
        }
        let mark = "> ".repeat(self.quotes.min(DEEPEST_QUOTE));
        if !self.out.is_empty() {
            for _ in 0..self.owed {
                self.out.push_str(mark.trim_end());
                self.out.push('\n');
            }
        }
        self.owed = 0;
        self.out.push_str(&mark);
        self.out.push_str(line);
        self.out.push('\n');
    }

    pub(super) fn finish(mut self) -> String {
        self.end_line(false);
        self.out
    }
}
