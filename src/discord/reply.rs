//! What is sent: the only form in which anything leaves for Discord.
//!
//! Mentions are off, each text is held to its limit, and a private reply is marked so, whoever built it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::limits;
use super::text::{cut, plain, units};
use crate::corpus::is_address;

/// Only the one who asked sees it.
const EPHEMERAL: u64 = 1 << 6;

/// A message to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reply {
    /// Plain text above all else; shown even to people who have switched embeds off.
    pub(super) content: String,
    /// Cards under it.
    pub(super) embeds: Vec<Embed>,
    /// Buttons and menus under those.
    pub(super) rows: Vec<Row>,
    /// Whether only the one who asked sees it; interactions only.
    pub(super) private: bool,
    /// Whether it is urgent advice: its words matter more than its form.
    pub(super) urgent: bool,
}

/// A card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Embed {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) footer: String,
    pub(super) colour: u32,
    pub(super) picture: Option<Picture>,
}

/// A file beside a message.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) name: String,
    /// What it holds, for those who cannot see it.
    pub(super) description: String,
    pub(super) bytes: Arc<[u8]>,
}

/// The files of a message, as it lists them.
pub(super) fn attachments(files: &[File]) -> Value {
    let describe = |(at, file): (usize, &File)| json!({"id": at.to_string(), "filename": file.name, "description": cut(&file.description, limits::DESCRIPTION_OF_FILE)});
    files.iter().enumerate().map(describe).collect()
}

/// A picture in a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) png: Arc<[u8]>,
    /// What it shows, for those who cannot see it.
    pub(super) alt: String,
}

impl Picture {
    /// The name of a message's picture at this position.
    pub(super) fn file(at: usize) -> String {
        format!("picture-{at}.png")
    }
}

/// A row under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// At most [`limits::BUTTONS`].
    Buttons(Vec<Button>),
    /// At most [`limits::CHOICES`].
    Menu { id: String, prompt: String, choices: Vec<Choice> },
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Button {
    /// Opens a page.
    Link { label: String, url: String },
    /// Does something.
    Press { label: String, id: String, important: bool },
}

/// A choice in a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) label: String,
    pub(super) value: String,
    /// A line under the label; menus only.
    pub(super) hint: String,
}

/// A form to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) title: String,
    /// At most [`limits::ROWS`].
    pub(super) fields: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    /// What stands in it at first.
    pub(super) value: String,
    pub(super) most: u16,
    /// Whether it has several lines.
    pub(super) long: bool,
}

impl Reply {
    /// A plain line that only the one who asked sees.
    pub(super) fn whisper(text: impl Into<String>) -> Self {
        Self { content: text.into(), private: true, ..Self::default() }
    }

    /// A plain line.
    pub(super) fn line(text: impl Into<String>) -> Self {
        Self { content: text.into(), ..Self::default() }
    }

    /// As Discord takes it. Empty parts are there too, so that an edit takes them away.
    pub(super) fn json(&self) -> Value {
        let mut room = limits::ALL_EMBEDS;
        let mut embeds = Vec::new();
        let mut pictures = 0;
        for embed in self.embeds.iter().take(limits::EMBEDS) {
            let mut body = embed.json(&mut room);
            if embed.picture.is_some() {
                body["image"] = json!({"url": format!("attachment://{}", Picture::file(pictures))});
                pictures += 1;
            }
            embeds.push(body);
        }
        let rows: Vec<Value> = self.rows.iter().take(limits::ROWS).map(Row::json).collect();
        let mut body = json!({
            "content": cut(&self.content, limits::CONTENT),
            "embeds": embeds,
            "components": rows,
            "allowed_mentions": {"parse": []},
        });
        if self.private {
            body["flags"] = EPHEMERAL.into();
        }
        if pictures > 0 {
            body["attachments"] = attachments(&self.files());
        }
        body
    }

    /// As what a message becomes. Who sees it was settled when it was sent.
    pub(super) fn edit(&self) -> Value {
        let mut body = self.json();
        if let Some(body) = body.as_object_mut() {
            body.remove("flags");
        }
        body["attachments"] = attachments(&self.files());
        body
    }

    /// Its words alone, in which there is nothing that Discord could refuse. Where they are too many, the disclaimer is
    /// not what gives way.
    pub(super) fn bare(&self) -> Self {
        let texts = self.embeds.iter().flat_map(|embed| [&embed.title, &embed.text]);
        let texts: Vec<&str> =
            [&self.content].into_iter().chain(texts).map(String::as_str).filter(|text| !text.is_empty()).collect();
        let footers: String = self.embeds.iter().map(|embed| format!("\n\n{}", plain(&embed.footer))).collect();
        let text = cut(&texts.join("\n\n"), limits::CONTENT.saturating_sub(units(&footers)));
        Self { content: format!("{text}{footers}"), embeds: Vec::new(), rows: Vec::new(), ..*self }
    }

    /// Its pictures, as files.
    pub(super) fn files(&self) -> Vec<File> {
        let pictures = self.embeds.iter().take(limits::EMBEDS).filter_map(|embed| embed.picture.as_ref());
        let file = |(at, picture): (usize, &Picture)| File {
            name: Picture::file(at),
            description: picture.alt.clone(),
            bytes: Arc::clone(&picture.png),
        };
        pictures.enumerate().map(file).collect()
    }

    /// As a message in a channel. It pings nobody but the author of the message it replies to, and is
    /// posted once however often it is sent: Discord knows it again by its nonce.
    pub(super) fn message(&self, to: Option<u64>, nonce: &str) -> Value {
        let mut body = self.json();
        body["nonce"] = nonce.into();
        body["enforce_nonce"] = true.into();
        if let Some(message) = to {
            body["allowed_mentions"]["replied_user"] = true.into();
            body["message_reference"] = json!({"message_id": message.to_string()});
        }
        body
    }
}

impl Embed {
    /// How much of what all embeds may hold it takes.
    pub(super) fn units(&self) -> usize {
        units(&self.title) + units(&self.text) + units(&self.footer)
    }

    fn json(&self, room: &mut usize) -> Value {
        let mut take = |text: &str, most: usize| {
            let text = cut(text, most.min(*room));
            *room -= units(&text);
            text
        };
        // The footer holds the disclaimer: it is never what gives way.
        let footer = take(&self.footer, limits::FOOTER);
        let title = take(&self.title, limits::TITLE);
        let mut body = json!({"color": self.colour, "description": take(&self.text, limits::DESCRIPTION)});
        if !title.is_empty() {
            body["title"] = title.into();
        }
        if !footer.is_empty() {
            body["footer"] = json!({"text": footer});
        }
        body
    }
}

impl Row {
    fn json(&self) -> Value {
        let parts: Vec<Value> = match self {
            Self::Buttons(buttons) => buttons.iter().take(limits::BUTTONS).map(Button::json).collect(),
            Self::Menu { id, prompt, choices } => {
                let choices: Vec<Value> = choices.iter().take(limits::CHOICES).map(Choice::json).collect();
                vec![
                    json!({"type": 3, "custom_id": id, "placeholder": cut(prompt, limits::PLACEHOLDER), "options": choices}),
                ]
            }
        };
        json!({"type": 1, "components": parts})
    }
}

impl Form {
    pub(super) fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .fields
            .iter()
            .take(limits::ROWS)
            .map(|field| json!({"type": 1, "components": [field.json()]}))
            .collect();
        json!({"custom_id": self.id, "title": cut(&self.title, limits::FORM_LABEL), "components": rows})
    }
}

impl Field {
    fn json(&self) -> Value {
        let mut body = json!({"type": 4, "custom_id": self.id, "label": cut(self.label, limits::FORM_LABEL),
            "style": if self.long { 2 } else { 1 }, "required": true, "min_length": 1, "max_length": self.most});
        if !self.value.is_empty() {
            body["value"] = cut(&self.value, usize::from(self.most)).into();
        }
        body
    }
}

impl Choice {
    /// One with this label, cut to what Discord takes; none where it or the value says nothing, or the value is too long.
    pub(super) fn new(label: &str, value: impl Into<String>) -> Option<Self> {
        let value = value.into();
        let fits = !label.trim().is_empty() && !value.trim().is_empty() && units(&value) <= limits::CHOICE;
        fits.then(|| Self { label: cut(label, limits::CHOICE), value, hint: String::new() })
    }

    fn json(&self) -> Value {
        let mut body = json!({"label": self.label, "value": self.value});
        if !self.hint.is_empty() {
            body["description"] = cut(&self.hint, limits::CHOICE).into();
        }
        body
    }
}

impl Button {
    /// A link, where Discord takes it: an address, and not too long. A passage that makes it too long is
    /// left out, and it opens the page.
    pub(super) fn link(label: &str, url: &str) -> Option<Self> {
        let page = url.split('#').next().unwrap_or(url);
        let url = if units(url) > limits::URL { page } else { url };
        let fits = units(url) <= limits::URL && is_address(url);
        fits.then(|| Self::Link { label: label.to_owned(), url: url.to_owned() })
    }

    /// A button that does something; none where its id is longer than Discord takes.
    pub(super) fn press(label: &str, id: String) -> Option<Self> {
        Self::pressed(label, id, false)
    }

    /// The same, for what is to be pressed rather than another one.
    pub(super) fn important(label: &str, id: String) -> Option<Self> {
        Self::pressed(label, id, true)
    }

    fn pressed(label: &str, id: String, important: bool) -> Option<Self> {
        (units(&id) <= limits::ID).then(|| Self::Press { label: label.to_owned(), id, important })
    }

    fn json(&self) -> Value {
        match self {
            Self::Link { label, url } => json!({"type": 2, "style": 5, "label": cut(label, limits::LABEL), "url": url}),
            Self::Press { label, id, important } => {
                json!({"type": 2, "style": if *important { 1 } else { 2 }, "label": cut(label, limits::LABEL), "custom_id": id})
            }
        }
    }
}
