//! What a job printed, in fixed memory: the first lines and the last ones, in the order in which they came, and how much
//! was left out between.

use std::collections::VecDeque;

use super::redact::KeyWatch;

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// A line as it was printed, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub stream: Stream,
    pub text: Vec<u8>,
    /// A part of a private key, whose begin may have been left out.
    pub in_key: bool,
    /// It goes on in the next line of its stream: too long for one.
    pub is_cut: bool,
    /// It goes on from a line before it.
    pub is_rest: bool,
}

/// The first and last bytes that are kept.
const HEAD: usize = 16 << 10;
const TAIL: usize = 48 << 10;

/// A longer line is kept in parts.
const LONGEST: usize = 4 << 10;

/// What is kept of a job's output.
#[derive(Default)]
pub struct Capture {
    head: Vec<Line>,
    head_bytes: usize,
    tail: VecDeque<Line>,
    tail_bytes: usize,
    /// By stream.
    partial: [Vec<u8>; 2],
    goes_on: [bool; 2],
    watch: [KeyWatch; 2],
    /// Lines that were printed, by stream.
    pub lines: [u64; 2],
    /// Bytes that were printed.
    pub bytes: u64,
    left_out: u64,
    /// The first line with something in it, of each stream: all of it that is kept, so that no secret in it is torn.
    first: [Option<Vec<u8>>; 2],
}

/// The lines that are left when all is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    pub head: Vec<Line>,
    /// Lines between that were left out.
    pub left_out: u64,
    pub tail: Vec<Line>,
}

impl Capture {
    pub fn new() -> Capture {
        Capture::default()
    }

    /// Takes bytes as they came.
    pub fn take(&mut self, stream: Stream, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.extend(stream, &rest[..end]);
            self.end_line(stream);
            rest = &rest[end + 1..];
        }
        self.extend(stream, rest);
    }

    /// Whether anything came on stderr.
    pub fn has_complaints(&self) -> bool {
        self.lines[Stream::Err as usize] > 0 || !self.partial[Stream::Err as usize].is_empty()
    }

    /// The first line that says something: of stderr, else of stdout.
    pub fn complaint(&self) -> String {
        let line = self.first[Stream::Err as usize].as_ref().or(self.first[Stream::Out as usize].as_ref());
        line.map_or_else(String::new, |line| String::from_utf8_lossy(line).into_owned())
    }

    /// All is over: lines without an end are lines, too.
    pub fn finish(mut self) -> (Kept, Capture) {
        for stream in [Stream::Out, Stream::Err] {
            if !self.partial[stream as usize].is_empty() {
                self.end_line(stream);
            }
        }
        let kept = Kept {
            head: std::mem::take(&mut self.head),
            left_out: self.left_out,
            tail: std::mem::take(&mut self.tail).into(),
        };
        (kept, self)
    }

    fn extend(&mut self, stream: Stream, mut bytes: &[u8]) {
        let at = stream as usize;
        while self.partial[at].len() + bytes.len() > LONGEST {
            let (part, rest) = bytes.split_at(LONGEST - self.partial[at].len());
            self.partial[at].extend_from_slice(part);
            self.keep(stream, true);
            bytes = rest;
        }
        self.partial[at].extend_from_slice(bytes);
    }

    fn end_line(&mut self, stream: Stream) {
        self.lines[stream as usize] += 1;
        self.keep(stream, false);
    }

    fn keep(&mut self, stream: Stream, is_cut: bool) {
        let at = stream as usize;
        let mut text = std::mem::take(&mut self.partial[at]);
        if text.last() == Some(&b'\r') {
            text.pop();
        }
        if self.first[at].is_none() && text.iter().any(|byte| !byte.is_ascii_whitespace()) {
            self.first[at] = Some(text.clone());
        }
        let in_key = self.watch[at].sees(&text);
        let is_rest = std::mem::replace(&mut self.goes_on[at], is_cut);
        let line = Line { stream, text, in_key, is_cut, is_rest };
        let size = line.text.len() + 1;
        if self.tail.is_empty() && self.left_out == 0 && self.head_bytes + size <= HEAD {
            self.head_bytes += size;
            self.head.push(line);
            return;
        }
        self.tail_bytes += size;
        self.tail.push_back(line);
        while self.tail_bytes > TAIL {
            let Some(gone) = self.tail.pop_front() else { break };
            self.tail_bytes -= gone.text.len() + 1;
            self.left_out += u64::from(!gone.is_cut);
        }
    }
}

impl Kept {
    /// Where something was left out, a line that begins before it or ends behind it is no whole one: what is left of it
    /// might be the half of a secret that nobody knows again.
    pub fn without_torn_lines(mut self) -> Kept {
        if self.left_out == 0 && self.tail.first().is_none_or(|line| !line.is_rest) {
            return self;
        }
        let torn = self.tail.iter().take_while(|line| line.is_rest).count();
        let ends = self.tail.iter().take(torn).any(|line| !line.is_cut);
        let all = self.tail.len() == torn && !ends;
        if !all {
            self.left_out += u64::from(torn > 0);
            self.tail.drain(..torn);
        }
        while self.head.last().is_some_and(|line| line.is_cut) && self.head.len() > 1 {
            self.head.pop();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| String::from_utf8_lossy(&line.text).into_owned()).collect()
    }

    #[test]
    fn lines_are_kept_in_the_order_in_which_they_ended_with_their_streams() {
        let mut capture = Capture::new();
        for (stream, bytes) in [(Stream::Out, "one\ntw"), (Stream::Err, "oops\r\n"), (Stream::Out, "o\n\nlast")] {
            capture.take(stream, bytes.as_bytes());
        }
        let (kept, capture) = capture.finish();
        assert_eq!(texts(&kept.head), ["one", "oops", "two", "", "last"]);
        assert_eq!((capture.lines, capture.bytes, kept.left_out), ([4, 1], 19, 0));
        assert_eq!(capture.complaint(), "oops");
        assert!(capture.has_complaints());
    }

    #[test]
    fn of_much_the_first_and_the_last_lines_stay() {
        let mut capture = Capture::new();
        for n in 0..100_000 {
            capture.take(Stream::Out, format!("line {n:06}\n").as_bytes());
        }
        let (kept, _) = capture.finish();
        let size = |lines: &[Line]| lines.iter().map(|line| line.text.len() + 1).sum::<usize>();
        assert!(size(&kept.head) <= HEAD && size(&kept.head) > HEAD - 20);
        assert!(size(&kept.tail) <= TAIL && size(&kept.tail) > TAIL - 20);
        assert_eq!(texts(&kept.head)[0], "line 000000");
        assert_eq!(texts(&kept.tail).last().unwrap(), "line 099999");
        assert_eq!(kept.head.len() as u64 + kept.left_out + kept.tail.len() as u64, 100_000);
    }

    #[test]
    fn a_line_without_an_end_costs_no_more_memory_than_any_other() {
        let mut capture = Capture::new();
        (0..1_000).for_each(|_| capture.take(Stream::Out, &[b'x'; 10_000]));
        let (kept, capture) = capture.finish();
        let size = |lines: &[Line]| lines.iter().map(|line| line.text.len()).sum::<usize>();
        assert!(size(&kept.head) + size(&kept.tail) <= HEAD + TAIL);
        assert_eq!((capture.bytes, capture.lines[0]), (10_000_000, 1));
    }

    #[test]
    fn a_torn_line_is_left_out_whole() {
        let mut capture = Capture::new();
        capture.take(Stream::Out, &[b'a'; 6_000]);
        capture.take(Stream::Out, b"\n");
        (0..20).for_each(|_| capture.take(Stream::Out, &[b'b'; 5_000]));
        capture.take(Stream::Out, b"\nend\n");
        let (kept, _) = capture.finish();
        let kept = kept.without_torn_lines();
        assert!(kept.head.iter().all(|line| line.text[0] == b'a'), "{:?}", texts(&kept.head));
        assert_eq!(texts(&kept.tail), ["end"]);
    }
}
