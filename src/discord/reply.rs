//! What is sent: the only form in which anything leaves for Discord.
//!
//! Mentions are off, each text is held to its limit, and a private reply is marked so, whoever built it.

use serde_json::{Value, json};

use super::text::{cut, units};

const CONTENT: usize = 2_000;
const DESCRIPTION: usize = 4_096;
const ALL_EMBEDS: usize = 6_000;
const LABEL: usize = 80;
const URL: usize = 512;
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
}

/// A card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Embed {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) footer: String,
    pub(super) colour: u32,
}

/// A row under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// At most five.
    Buttons(Vec<Button>),
    /// At most 25 choices.
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
}

/// A form to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) title: String,
    /// At most five.
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
        let mut room = ALL_EMBEDS;
        let embeds: Vec<Value> = self.embeds.iter().take(10).map(|embed| embed.json(&mut room)).collect();
        let rows: Vec<Value> = self.rows.iter().take(5).map(Row::json).collect();
        let mut body = json!({
            "content": cut(&self.content, CONTENT),
            "embeds": embeds,
            "components": rows,
            "allowed_mentions": {"parse": []},
        });
        if self.private {
            body["flags"] = EPHEMERAL.into();
        }
        body
    }

    /// As what a message becomes. Who sees it was settled when it was sent.
    pub(super) fn edit(&self) -> Value {
        Self { private: false, ..self.clone() }.json()
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
    fn json(&self, room: &mut usize) -> Value {
        let mut take = |text: &str, most: usize| {
            let text = cut(text, most.min(*room));
            *room -= units(&text);
            text
        };
        // The footer holds the disclaimer: it is never what gives way.
        let footer = take(&self.footer, 2_048);
        let title = take(&self.title, 256);
        let mut body = json!({"color": self.colour, "description": take(&self.text, DESCRIPTION)});
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
            Self::Buttons(buttons) => buttons.iter().take(5).map(Button::json).collect(),
            Self::Menu { id, prompt, choices } => {
                let choices: Vec<Value> = choices
                    .iter()
                    .take(25)
                    .map(|choice| json!({"label": cut(&choice.label, 100), "value": choice.value}))
                    .collect();
                vec![json!({"type": 3, "custom_id": id, "placeholder": cut(prompt, 150), "options": choices})]
            }
        };
        json!({"type": 1, "components": parts})
    }
}

impl Form {
    pub(super) fn json(&self) -> Value {
        let rows: Vec<Value> =
            self.fields.iter().take(5).map(|field| json!({"type": 1, "components": [field.json()]})).collect();
        json!({"custom_id": self.id, "title": cut(&self.title, 45), "components": rows})
    }
}

impl Field {
    fn json(&self) -> Value {
        let mut body = json!({"type": 4, "custom_id": self.id, "label": cut(self.label, 45),
            "style": if self.long { 2 } else { 1 }, "required": true, "min_length": 1, "max_length": self.most});
        if !self.value.is_empty() {
            body["value"] = cut(&self.value, usize::from(self.most)).into();
        }
        body
    }
}

impl Button {
    /// A link, where Discord takes it: https or http, and not too long.
    pub(super) fn link(label: &str, url: &str) -> Option<Self> {
        let fits = units(url) <= URL && (url.starts_with("https://") || url.starts_with("http://"));
        fits.then(|| Self::Link { label: label.to_owned(), url: url.to_owned() })
    }

    /// A button that does something; ids are ours and short.
    pub(super) fn press(label: &str, id: String) -> Self {
        Self::Press { label: label.to_owned(), id, important: false }
    }

    fn json(&self) -> Value {
        match self {
            Self::Link { label, url } => json!({"type": 2, "style": 5, "label": cut(label, LABEL), "url": url}),
            Self::Press { label, id, important } => {
                json!({"type": 2, "style": if *important { 1 } else { 2 }, "label": cut(label, LABEL), "custom_id": id})
            }
        }
    }
}
