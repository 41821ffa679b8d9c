//! What a moderator can ask for, read from what Discord sends. Nothing in it is trusted: ids and numbers lead to
//! what the store has, and who may is looked at elsewhere.

use serenity::model::application::{
    ActionRowComponent, CommandDataOption, CommandDataOptionValue as Value, ModalInteraction,
};

/// A list that is longer than a menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::discord) enum List {
    /// Sources of which something is held back.
    Held,
    /// What was asked in vain.
    Gaps,
    /// The sources that changed, as a report has them.
    Changes(i64),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::discord) enum Task {
    Status,
    History,
    Gaps,
    Feedback,
    Log,
    Export,
    Refresh {
        source: Option<String>,
        /// Take the text that was held back, by its name.
        accept: Option<String>,
    },
    Add {
        url: String,
        title: Option<String>,
    },
    /// What is held back of a source is shown first.
    AskAccept(String),
    /// Keep the old text of a source, and say no to what was held back, by its name.
    Refuse {
        source: String,
        text: String,
    },
    AskRemove(String),
    Remove(String),
    /// The one before where no number is given.
    AskRollback(Option<i64>),
    Rollback(i64),
    /// A form for a text of one's own, perhaps for a gap.
    AskWrite(Option<String>),
    Write {
        gap: Option<String>,
        title: String,
        text: String,
        link: String,
    },
    /// What changed in a source, as a report has it.
    Diff {
        report: i64,
        source: String,
    },
    /// The choices of a menu from this one on.
    More {
        of: List,
        from: usize,
    },
    Gap(String),
    AskDismiss(String),
    Dismiss(String),
    /// "Never mind".
    Nothing,
    Complete {
        option: String,
        typed: String,
    },
    /// From another version of us, or forged.
    Unknown,
}

impl Task {
    /// What the value of a choice begins with that leads to more of them; no id has such a sign.
    pub(super) const MORE: &str = "more:";

    /// Whether it is the answer to "Are you sure?".
    pub(super) fn is_confirmed(&self) -> bool {
        matches!(
            self,
            Self::Remove(_)
                | Self::Rollback(_)
                | Self::Dismiss(_)
                | Self::Refuse { .. }
                | Self::Refresh { accept: Some(_), .. }
        )
    }

    /// Whether it can take so long that its end must be told in the channel. Nothing that is told of others is.
    pub(super) fn lasts(&self) -> bool {
        matches!(
            self,
            Self::Refresh { .. } | Self::Add { .. } | Self::Write { .. } | Self::Remove(_) | Self::Rollback(_)
        )
    }

    /// From a subcommand.
    pub(in crate::discord) fn of_command(options: &[CommandDataOption]) -> Self {
        Self::chosen(options).unwrap_or(Self::Unknown)
    }

    fn chosen(options: &[CommandDataOption]) -> Option<Self> {
        let sub = options.first()?;
        let Value::SubCommand(inner) = &sub.value else { return None };
        if let Some((option, typed)) = inner.iter().find_map(|option| match &option.value {
            Value::Autocomplete { value, .. } => Some((option.name.clone(), value.clone())),
            _ => None,
        }) {
            return Some(Self::Complete { option, typed });
        }
        let text = |name: &str| {
            let option = inner.iter().find(|option| option.name == name)?;
            option.value.as_str().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        Some(match sub.name.as_str() {
            "status" => Self::Status,
            "history" => Self::History,
            "gaps" => Self::Gaps,
            "feedback" => Self::Feedback,
            "log" => Self::Log,
            "export" => Self::Export,
            "write" => Self::AskWrite(None),
            "refresh" => Self::Refresh { source: text("source"), accept: None },
            "add" => Self::Add { url: text("url")?, title: text("title") },
            "remove" => Self::AskRemove(text("source")?),
            "rollback" => Self::AskRollback(match text("generation") {
                // What is offered there has words behind the number.
                Some(typed) => Some(typed.split_whitespace().next()?.parse().ok()?),
                None => None,
            }),
            _ => return None,
        })
    }

    /// From a button or a menu, whose ids begin with "corpus".
    pub(in crate::discord) fn of_button(parts: &[&str], chosen: Option<&str>) -> Self {
        let own = |text: &str| text.to_owned();
        if let Some(from) = chosen.and_then(|chosen| chosen.strip_prefix(Self::MORE)) {
            let of = match parts {
                ["held"] => Some(List::Held),
                ["gap"] => Some(List::Gaps),
                ["diff", report] => report.parse().ok().map(List::Changes),
                _ => None,
            };
            return of.zip(from.parse().ok()).map_or(Self::Unknown, |(of, from)| Self::More { of, from });
        }
        match (parts, chosen) {
            (["remove", id], _) => Self::Remove(own(id)),
            (["rollback", number], _) => number.parse().map_or(Self::Unknown, Self::Rollback),
            (["back"], Some(number)) => number.parse().map_or(Self::Unknown, |number| Self::AskRollback(Some(number))),
            (["held"], Some(id)) => Self::AskAccept(own(id)),
            (["accept", text, id], _) if !text.is_empty() => {
                Self::Refresh { source: Some(own(id)), accept: Some(own(text)) }
            }
            (["refuse", text, id], _) if !text.is_empty() => Self::Refuse { source: own(id), text: own(text) },
            (["diff", report], Some(id)) => {
                report.parse().map_or(Self::Unknown, |report| Self::Diff { report, source: own(id) })
            }
            (["gap"], Some(id)) => Self::Gap(own(id)),
            (["write", id], _) => Self::AskWrite(Some(own(id))),
            (["dismiss", id], _) => Self::AskDismiss(own(id)),
            (["dismissed", id], _) => Self::Dismiss(own(id)),
            (["no"], _) => Self::Nothing,
            _ => Self::Unknown,
        }
    }

    /// From a form that was filled in; `None` where it is not one of these.
    pub(in crate::discord) fn of_form(form: &ModalInteraction) -> Option<Self> {
        let gap = form.data.custom_id.strip_prefix("corpus:written")?;
        let fields = form.data.components.iter().flat_map(|row| &row.components);
        let field = |name: &str| {
            let mut texts = fields.clone().filter_map(|part| match part {
                ActionRowComponent::InputText(text) if text.custom_id == name => text.value.clone(),
                _ => None,
            });
            texts.next().unwrap_or_default().trim().to_owned()
        };
        Some(Self::Write {
            gap: gap.strip_prefix(':').map(str::to_owned),
            title: field("title"),
            text: field("text"),
            link: field("link"),
        })
    }
}
