//! Lists of words that come with the program. The compiler lays them out, so that a start costs nothing.

/// The lines of a text, each found at once by what it is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    lines: &'static str,
    /// Where a line begins, counted from 1; 0 where there is none. A line is looked for from the place of its hash on.
    slots: &'static [u16],
    by: By,
}

/// What a line is known by.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    Line,
    FirstWord,
    LastWord,
}

/// The list in a file beside this one, by its lines or by a word of each.
macro_rules! list {
    ($file:literal) => {
        $crate::language::list::list!($file, Line)
    };
    ($file:literal, $by:ident) => {{
        use $crate::language::list::{By, List, laid_out, room_for};
        const LINES: &str = include_str!($file);
        const SLOTS: [u16; room_for(LINES)] = laid_out(LINES, By::$by);
        List::of(LINES, &SLOTS, By::$by)
    }};
}

pub(super) use list;

impl List {
    pub(super) const EMPTY: Self = Self::of("", &[0], By::Line);

    pub(super) const fn of(lines: &'static str, slots: &'static [u16], by: By) -> Self {
        Self { lines, slots, by }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// All lines.
    pub(super) fn lines(&self) -> std::str::Lines<'static> {
        self.lines.lines()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.from(key).is_some()
    }

    /// What stands behind a word that is the first of a line.
    pub(super) fn get(&self, first: &str) -> Option<&'static str> {
        let line = self.from(first)?.lines().next()?;
        Some(line[first.len()..].trim_start())
    }

    /// Whether a word is among those that stand behind another one.
    pub(super) fn pairs(&self, first: &str, other: &str) -> bool {
        self.get(first).is_some_and(|others| others.split(' ').any(|listed| listed == other))
    }

    /// The lines that are known by a word; those of each stand together.
    pub(super) fn lines_of<'k>(&self, key: &'k str) -> impl Iterator<Item = &'static str> + use<'k> {
        let by = self.by;
        self.from(key).unwrap_or_default().lines().take_while(move |line| by.is_key(key, line))
    }

    /// The text from the first line on that is known by this.
    fn from(&self, key: &str) -> Option<&'static str> {
        let mut slot = hash(key.as_bytes(), 0, key.len());
        loop {
            slot &= self.slots.len() - 1;
            let text = &self.lines[usize::from(self.slots[slot]).checked_sub(1)?..];
            if self.by.is_key(key, text) {
                return Some(text);
            }
            slot += 1;
        }
    }
}

impl By {
    /// Whether the line that a text begins with is known by this.
    fn is_key(self, key: &str, text: &str) -> bool {
        if !matches!(self, Self::Line) && key.contains(' ') {
            return false;
        }
        let behind = || text.strip_prefix(key).map(|behind| behind.as_bytes().first());
        match self {
            Self::Line => matches!(behind(), Some(None | Some(b'\n'))),
            Self::FirstWord => matches!(behind(), Some(None | Some(b'\n' | b' '))),
            Self::LastWord => {
                let before = text.lines().next().and_then(|line| line.strip_suffix(key));
                before.is_some_and(|before| before.is_empty() || before.ends_with(' '))
            }
        }
    }
}

/// So many slots that at least half of them stay empty.
pub(super) const fn room_for(lines: &str) -> usize {
    let (bytes, mut at, mut count) = (lines.as_bytes(), 0, 0);
    while at < bytes.len() {
        count += (bytes[at] == b'\n') as usize;
        at += 1;
    }
    (2 * count + 1).next_power_of_two()
}

#[allow(clippy::cast_possible_truncation)] // checked at its beginning
pub(super) const fn laid_out<const SLOTS: usize>(lines: &str, by: By) -> [u16; SLOTS] {
    assert!(lines.len() < u16::MAX as usize, "the list is too long");
    let (bytes, mut slots, mut start) = (lines.as_bytes(), [0; SLOTS], 0);
    let mut before = (0, 0);
    while start < bytes.len() {
        let (mut end, mut first_end, mut last_start) = (start, 0, start);
        while bytes[end] != b'\n' {
            if bytes[end] == b' ' {
                last_start = end + 1;
                first_end = if first_end == 0 { end } else { first_end };
            }
            end += 1;
        }
        let key = match by {
            By::FirstWord if first_end > 0 => (start, first_end),
            By::LastWord => (last_start, end),
            By::Line | By::FirstWord => (start, end),
        };
        // Of those that stand together the first one is found, and the others behind it.
        if !are_alike(bytes, before, key) {
            let mut slot = hash(bytes, key.0, key.1) & (SLOTS - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (SLOTS - 1);
            }
            slots[slot] = start as u16 + 1;
        }
        (before, start) = (key, end + 1);
    }
    slots
}

const fn are_alike(bytes: &[u8], one: (usize, usize), other: (usize, usize)) -> bool {
    let (length, mut at) = (one.1 - one.0, 0);
    if length != other.1 - other.0 {
        return false;
    }
    while at < length && bytes[one.0 + at] == bytes[other.0 + at] {
        at += 1;
    }
    at == length
}

/// FNV-1a, which a constant can be made with.
const fn hash(bytes: &[u8], start: usize, end: usize) -> usize {
    let (mut hash, mut at) = (0x811c_9dc5_u32, start);
    while at < end {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash ^ hash >> 15) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_a_list_is_found_and_nothing_else() {
        let (words, entries) = (list!("en/stop.txt"), list!("en/spelt.txt", FirstWord));
        for line in words.lines() {
            let (longer, shorter) = (format!("{line}x"), &line[..line.len() - 1]);
            assert!(words.has(line) && !words.has(&longer) && !words.has(&format!("{line}\n")), "{line}");
            assert_eq!(words.has(shorter), words.lines().any(|line| line == shorter), "{shorter}");
        }
        for line in entries.lines() {
            let (word, meant) = line.split_once(' ').unwrap();
            assert_eq!(entries.get(word), Some(meant));
            assert!(entries.lines_of(word).count() == 1, "{word} stands twice");
            assert!(!entries.has(line) && entries.pairs(word, meant) && !entries.pairs(word, "blank"), "{line}");
        }
        assert!(!words.has("") && List::EMPTY.is_empty() && !List::EMPTY.has("") && !List::EMPTY.has("the"));
    }

    #[test]
    fn the_lines_of_a_word_are_found_by_either_end() {
        let first = |line: &'static str| line.split(' ').next().unwrap();
        let last = |line: &'static str| line.rsplit(' ').next().unwrap();
        let lists = [list!("en/question_openings.txt", FirstWord), list!("en/question_closings.txt", LastWord)];
        for (list, of) in lists.iter().zip([&first as &dyn Fn(&'static str) -> &'static str, &last]) {
            for line in list.lines() {
                let listed: Vec<&str> = list.lines().filter(|other| of(other) == of(line)).collect();
                assert_eq!(list.lines_of(of(line)).collect::<Vec<_>>(), listed);
            }
            assert_eq!(list.lines_of("blank").next(), None);
        }
    }
}
