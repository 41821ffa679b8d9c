//! What Discord takes, as its documentation says. Lengths are in UTF-16 units, as [`units`](super::text::units) counts.

// "Create Message", https://discord.com/developers/docs/resources/message#create-message
/// A message's plain text.
pub(super) const CONTENT: usize = 2_000;
/// The embeds of a message.
pub(super) const EMBEDS: usize = 10;
/// The description of a file.
pub(super) const DESCRIPTION_OF_FILE: usize = 1_024;

// "Embed Limits", https://discord.com/developers/docs/resources/message#embed-object-embed-limits
/// The title of an embed.
pub(super) const TITLE: usize = 256;
/// Its text.
pub(super) const DESCRIPTION: usize = 4_096;
/// What we put there at most: what is added to it last fits too.
pub(super) const TEXT: usize = 4_000;
/// Its footer.
pub(super) const FOOTER: usize = 2_048;
/// What all embeds of a message may hold together.
pub(super) const ALL_EMBEDS: usize = 6_000;

// "Component Reference", https://discord.com/developers/docs/components/reference
/// The rows under a message, or in a form.
pub(super) const ROWS: usize = 5;
/// The buttons of a row.
pub(super) const BUTTONS: usize = 5;
/// The label of a button.
pub(super) const LABEL: usize = 80;
/// The id of a button, menu or form, `custom_id`.
pub(super) const ID: usize = 100;
/// The address that a button opens.
pub(super) const URL: usize = 512;
/// The choices of a menu; also those that are offered while somebody types,
/// <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-autocomplete>.
pub(super) const CHOICES: usize = 25;
/// The label of a choice, its value, and the line under it.
pub(super) const CHOICE: usize = 100;
/// What stands in a menu before anything is chosen.
pub(super) const PLACEHOLDER: usize = 150;
/// The title of a form, and the label of a field.
pub(super) const FORM_LABEL: usize = 45;
/// The text that a field takes.
pub(super) const FIELD: u16 = 4_000;

// "Application Command Structure", https://discord.com/developers/docs/interactions/application-commands
/// The name of a command or an option.
#[cfg(test)]
pub(super) const NAME: usize = 32;
/// The description of one.
#[cfg(test)]
pub(super) const DESCRIPTION_OF_COMMAND: usize = 100;
