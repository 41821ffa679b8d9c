//! `sacrum chat`: a line is a question, may follow up on those before, and is looked at for warning signs with them.

use std::collections::VecDeque;
use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Instant;

use rustyline::error::ReadlineError;

use super::{Common, End, Failure, ask::write_json};
use crate::answer::{REMEMBERED, TOGETHER};
use crate::corpus::Question;
use crate::refresh;
use crate::terminal::{json::AnswerJson, text};

pub(super) fn run(common: &Common, out: &mut impl Write) -> Result<End, Failure> {
    let data = common.data_folder();
    let state = || data.as_deref().map(refresh::current);
    let (mut answering, mut answerer) = (state(), common.answerer()?);
    let name = answerer.corpus().settings.name.clone();
    let look = text::Look::of_stdout();
    let mut said: VecDeque<(Instant, String)> = VecDeque::new();
    let mut reply = |line: &str, out: &mut dyn Write| -> Result<(), Failure> {
        let Ok(question) = Question::new(line) else { return Ok(()) };
        // Another process may serve something else by now.
        if state() != answering
            && let Some(next) = data.as_deref().and_then(|data| refresh::compiled(&common.folder(), data))
        {
            (answering, answerer) = (state(), next);
        }
        let before: Vec<&str> = said.iter().map(|(_, text)| text.as_str()).collect();
        let topic = answerer.topic(&before);
        let old = said.iter().take_while(|(at, _)| at.elapsed() >= REMEMBERED).count();
        let together: Vec<&str> = before[old..].iter().copied().chain([question.text()]).collect();
        let Some(answer) = answerer.answer_last(&together, topic) else { return Ok(()) };
        let mut text = Vec::new();
        if common.json {
            write_json(&mut text, &AnswerJson::new(&answerer, &question, &answer))?;
        } else {
            text::answer(&mut text, look, &answerer, &answer)?;
            writeln!(text)?;
        }
        out.write_all(&text)?;
        out.flush()?;
        said.push_back((Instant::now(), question.text().to_owned()));
        if said.len() >= TOGETHER {
            said.pop_front();
        }
        Ok(())
    };
    if !io::stdin().is_terminal() {
        for line in io::stdin().lock().split(b'\n') {
            reply(&String::from_utf8_lossy(&line?), out)?;
        }
        return Ok(End::Done);
    }
    if !common.json {
        writeln!(out, "Ask about {name}. An empty line, \"exit\" or Ctrl-D ends.\n")?;
        out.flush()?;
    }
    let mut editor = rustyline::DefaultEditor::new().map_err(io::Error::other)?;
    let mut is_rest = false;
    loop {
        match editor.readline("> ") {
            // What is left of a line that was no text ends nothing.
            Ok(line) if ends(&line) && is_rest => is_rest = false,
            Ok(line) if ends(&line) => return Ok(End::Done),
            Ok(line) => {
                is_rest = false;
                let _ = editor.add_history_entry(&line);
                reply(&line, out)?;
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(End::Done),
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                writeln!(io::stderr(), "That was no UTF-8 text; please type it again.")?;
                is_rest = true;
            }
            Err(error) => return Err(io::Error::other(error).into()),
        }
    }
}

/// Whether a line ends the chat.
fn ends(line: &str) -> bool {
    matches!(line.trim(), "" | "exit" | "quit")
}
