//! Interactions as the rest of the bot knows them: translated once, here.

use serenity::model::application::{
    AuthorizingIntegrationOwner, AuthorizingIntegrationOwners, CommandDataOption, CommandDataOptionValue as Value,
    CommandInteraction, ComponentInteraction, ComponentInteractionDataKind, Interaction, InteractionContext,
    MessageInteractionMetadata, ModalInteraction,
};
use serenity::model::channel::{ChannelType, MessageFlags, PartialChannel};
use serenity::model::guild::Member;
use serenity::model::permissions::Permissions;

use super::corpus::Task;
use super::setup::Change;
use crate::muscle::Filter;

/// Something that somebody typed, chose or pressed.
#[derive(Debug, Clone)]
pub(super) struct Called {
    pub(super) id: u64,
    pub(super) token: String,
    pub(super) application: u64,
    /// 0 in private.
    pub(super) server: u64,
    pub(super) channel: u64,
    pub(super) person: u64,
    /// What they may do there; nothing in private.
    pub(super) permissions: Permissions,
    /// What we may do there; nothing where we are no member, but were brought along by who did it.
    pub(super) ours: Permissions,
    /// Their roles there.
    pub(super) roles: Vec<u64>,
    /// Whether nobody but them reads along.
    pub(super) alone: bool,
    /// Whether it was a button or menu under a message of ours.
    pub(super) by_button: bool,
    /// Whether only they see that message.
    pub(super) under_private: bool,
    /// Whose command that message answered, where it did.
    pub(super) asker: Option<u64>,
    /// Whether it was done in a thread, where Discord says so.
    pub(super) in_thread: Option<bool>,
    /// Whether an answer has been promised to Discord already.
    pub(super) promised: bool,
    pub(super) wish: Wish,
}

/// What they want.
#[derive(Debug, Clone)]
pub(super) enum Wish {
    Ask {
        question: String,
        private: Option<bool>,
    },
    /// What could be meant, from what is typed so far.
    Complete {
        of: Typed,
        so_far: String,
    },
    /// An answer to somebody's message.
    Find {
        message: u64,
        text: String,
        by_bot: bool,
    },
    Cite(String),
    /// What a muscle's name means; with another one, both side by side.
    Muscle {
        name: String,
        other: Option<String>,
        private: Option<bool>,
    },
    /// A muscle's card, by its id; in its best view if none is asked for.
    Card {
        muscle: String,
        view: Option<String>,
    },
    Muscles(Filter<String>),
    /// What lies at a place; all places if none is named.
    Where(Option<String>),
    /// The questions that speak of a muscle.
    AskAbout(String),
    Sources(usize),
    Topics(usize),
    /// The questions of a document.
    Topic(String),
    /// The answer to a section's question.
    Question(String),
    Help,
    Privacy,
    About,
    Setup(Change),
    /// Something for moderators.
    Corpus(Task),
    Vote {
        answer: String,
        helpful: bool,
    },
    /// The full sections of an answer: the first page, or another one in its place.
    More {
        answer: String,
        page: usize,
        again: bool,
    },
    Nearest {
        answer: String,
        at: usize,
    },
    Show(String),
    Post(String),
    /// Their votes are to be deleted.
    Forget,
    /// A button or command that we do not know, or no longer.
    Unknown,
}

/// What somebody is typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    Question,
    Muscle,
    Place,
    Nerve,
    Bone,
    View,
}

impl Typed {
    fn option(name: &str) -> Self {
        match name {
            "name" | "compare" => Self::Muscle,
            "region" | "at" | "felt" => Self::Place,
            "nerve" => Self::Nerve,
            "attaches" => Self::Bone,
            "view" => Self::View,
            _ => Self::Question,
        }
    }
}

impl Wish {
    /// What they wrote themselves, in which a warning sign may show.
    pub(super) fn written(&self) -> Vec<&str> {
        match self {
            Self::Ask { question, .. } => vec![question],
            Self::Muscle { name, other, .. } => [name].into_iter().chain(other).map(String::as_str).collect(),
            Self::Where(region) => region.iter().map(String::as_str).collect(),
            Self::Muscles(filter) => {
                let words = [&filter.at, &filter.felt, &filter.nerve, &filter.bone, &filter.view];
                words.into_iter().flatten().map(String::as_str).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Called {
    /// Translates an interaction; `None` where there is nothing to answer.
    pub(super) fn read(interaction: &Interaction) -> Option<Self> {
        match interaction {
            Interaction::Command(command) => Some(Self::command(command, command_wish(command))),
            Interaction::Autocomplete(command) if command.data.name == "corpus" => {
                Some(Self::command(command, command_wish(command)))
            }
            Interaction::Autocomplete(command) => {
                let (of, so_far) = command.data.options.iter().find_map(|option| match &option.value {
                    Value::Autocomplete { value, .. } => Some((Typed::option(&option.name), value.clone())),
                    _ => None,
                })?;
                Some(Self::command(command, Wish::Complete { of, so_far }))
            }
            Interaction::Component(component) => Some(Self::component(component)),
            Interaction::Modal(form) => Some(Self::form(form)),
            _ => None,
        }
    }

    /// Whether these are enough to write where it was done.
    pub(super) fn may_write(&self, permissions: Permissions) -> bool {
        let writes = match self.in_thread {
            Some(true) => Permissions::SEND_MESSAGES_IN_THREADS,
            Some(false) => Permissions::SEND_MESSAGES,
            None => Permissions::SEND_MESSAGES | Permissions::SEND_MESSAGES_IN_THREADS,
        };
        permissions.intersects(writes | Permissions::ADMINISTRATOR)
    }

    /// Whether the one who did it manages the server.
    pub(super) fn manages(&self) -> bool {
        self.permissions.intersects(Permissions::MANAGE_GUILD | Permissions::ADMINISTRATOR)
    }

    fn command(command: &CommandInteraction, wish: Wish) -> Self {
        Self {
            id: command.id.get(),
            token: command.token.clone(),
            application: command.application_id.get(),
            server: command.guild_id.map_or(0, |id| id.get()),
            channel: command.channel_id.get(),
            person: command.user.id.get(),
            permissions: permissions(command.member.as_deref()),
            ours: ours(command.app_permissions, &command.authorizing_integration_owners),
            roles: roles(command.member.as_deref()),
            alone: alone(command.guild_id.is_some(), command.context),
            by_button: false,
            under_private: false,
            asker: None,
            in_thread: in_thread(command.channel.as_ref()),
            promised: false,
            wish,
        }
    }

    fn component(component: &ComponentInteraction) -> Self {
        let values = match &component.data.kind {
            ComponentInteractionDataKind::StringSelect { values } => values.as_slice(),
            _ => &[],
        };
        Self {
            id: component.id.get(),
            token: component.token.clone(),
            application: component.application_id.get(),
            server: component.guild_id.map_or(0, |id| id.get()),
            channel: component.channel_id.get(),
            person: component.user.id.get(),
            permissions: permissions(component.member.as_ref()),
            ours: ours(component.app_permissions, &component.authorizing_integration_owners),
            roles: roles(component.member.as_ref()),
            alone: alone(component.guild_id.is_some(), component.context),
            by_button: true,
            under_private: component.message.flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL)),
            asker: component.message.interaction_metadata.as_deref().and_then(asker),
            in_thread: in_thread(component.channel.as_ref()),
            promised: false,
            wish: component_wish(&component.data.custom_id, values.first().map(String::as_str)),
        }
    }

    fn form(form: &ModalInteraction) -> Self {
        Self {
            id: form.id.get(),
            token: form.token.clone(),
            application: form.application_id.get(),
            server: form.guild_id.map_or(0, |id| id.get()),
            channel: form.channel_id.get(),
            person: form.user.id.get(),
            permissions: permissions(form.member.as_ref()),
            ours: form.app_permissions.unwrap_or(Permissions::all()),
            roles: roles(form.member.as_ref()),
            alone: form.guild_id.is_none(),
            by_button: false,
            under_private: false,
            asker: None,
            in_thread: in_thread(form.channel.as_ref()),
            promised: false,
            wish: Task::of_form(form).map_or(Wish::Unknown, Wish::Corpus),
        }
    }
}

/// Who used the command that a message answered.
fn asker(metadata: &MessageInteractionMetadata) -> Option<u64> {
    match metadata {
        MessageInteractionMetadata::Command(of) => Some(of.user.id.get()),
        _ => None,
    }
}

fn in_thread(channel: Option<&PartialChannel>) -> Option<bool> {
    let kinds = [ChannelType::NewsThread, ChannelType::PublicThread, ChannelType::PrivateThread];
    channel.map(|channel| kinds.contains(&channel.kind))
}

fn roles(member: Option<&Member>) -> Vec<u64> {
    member.into_iter().flat_map(|member| &member.roles).map(|role| role.get()).collect()
}

fn permissions(member: Option<&Member>) -> Permissions {
    member.and_then(|member| member.permissions).unwrap_or(Permissions::empty())
}

fn ours(told: Option<Permissions>, installed: &AuthorizingIntegrationOwners) -> Permissions {
    let by_server = installed.0.iter().any(|by| matches!(by, AuthorizingIntegrationOwner::GuildInstall(_)));
    let by_person = installed.0.iter().any(|by| matches!(by, AuthorizingIntegrationOwner::UserInstall(_)));
    if by_person && !by_server { Permissions::empty() } else { told.unwrap_or(Permissions::all()) }
}

fn alone(in_server: bool, context: Option<InteractionContext>) -> bool {
    !in_server && context != Some(InteractionContext::PrivateChannel)
}

fn command_wish(command: &CommandInteraction) -> Wish {
    let options = Options(&command.data.options);
    match command.data.name.as_str() {
        "ask" => options.text("question").map_or(Wish::Unknown, |question| Wish::Ask {
            question: question.to_owned(),
            private: options.switch("private"),
        }),
        "cite" => options.text("id").map_or(Wish::Unknown, |id| Wish::Cite(id.to_owned())),
        "muscle" => options.text("name").map_or(Wish::Unknown, |name| Wish::Muscle {
            name: name.to_owned(),
            other: options.text("compare").map(str::to_owned),
            private: options.switch("private"),
        }),
        "muscles" => {
            let word = |name: &str| options.text(name).map(str::to_owned);
            let (at, felt, nerve, bone, view) =
                (word("at"), word("felt"), word("nerve"), word("attaches"), word("view"));
            Wish::Muscles(Filter { at, felt, nerve, bone, view })
        }
        "where" => Wish::Where(options.text("region").map(str::to_owned)),
        "sources" => Wish::Sources(0),
        "topics" => Wish::Topics(0),
        "help" => Wish::Help,
        "privacy" => Wish::Privacy,
        "about" => Wish::About,
        "corpus" => Wish::Corpus(Task::of_command(&command.data.options)),
        "setup" => setup_wish(&command.data.options).map_or(Wish::Unknown, Wish::Setup),
        super::commands::MENU => {
            let target = command.data.target_id.map(serenity::model::id::TargetId::to_message_id);
            let message = target.and_then(|id| command.data.resolved.messages.get(&id));
            message.map_or(Wish::Unknown, |message| Wish::Find {
                message: message.id.get(),
                text: super::words::content(message),
                by_bot: message.author.bot,
            })
        }
        _ => Wish::Unknown,
    }
}

fn setup_wish(options: &[CommandDataOption]) -> Option<Change> {
    let chosen = options.first()?;
    let Value::SubCommand(inner) = &chosen.value else { return None };
    let options = Options(inner);
    Some(match chosen.name.as_str() {
        "show" => Change::Show,
        "channel" => Change::Channel { channel: options.id("channel")?, on: options.switch("on").unwrap_or(true) },
        "private" => Change::Private(options.switch("on")?),
        "log" => Change::Log(options.id("channel")),
        "moderators" => Change::Moderators { role: options.id("role")?, on: options.switch("on").unwrap_or(true) },
        "interval" => Change::Interval(options.number("minutes")?),
        "deletions" => Change::Deletions(options.switch("on")?),
        _ => return None,
    })
}

/// A button says by its id what it does, and to what. Nothing in it is trusted: an id leads to what the
/// store has, a number is held to what there is.
fn component_wish(id: &str, chosen: Option<&str>) -> Wish {
    let parts: Vec<&str> = id.split(':').collect();
    let number = |text: &str| text.parse().unwrap_or(usize::MAX);
    match (parts.as_slice(), chosen) {
        (["vote", answer, vote @ ("0" | "1")], _) => Wish::Vote { answer: (*answer).to_owned(), helpful: *vote == "1" },
        (["more", answer, page], _) => Wish::More { answer: (*answer).to_owned(), page: number(page), again: false },
        (["page", answer, page], _) => Wish::More { answer: (*answer).to_owned(), page: number(page), again: true },
        (["nearest", answer, at], _) => Wish::Nearest { answer: (*answer).to_owned(), at: number(at) },
        (["show", answer], _) => Wish::Show((*answer).to_owned()),
        (["post", answer], _) => Wish::Post((*answer).to_owned()),
        (["forget"], _) => Wish::Forget,
        (["corpus", rest @ ..], _) => Wish::Corpus(Task::of_button(rest, chosen)),
        (["muscle", muscle], _) => Wish::Card { muscle: (*muscle).to_owned(), view: None },
        (["muscle", muscle, view], _) => Wish::Card { muscle: (*muscle).to_owned(), view: Some((*view).to_owned()) },
        (["muscle"], Some(muscle)) => Wish::Card { muscle: muscle.to_owned(), view: None },
        (["askabout", muscle], _) => Wish::AskAbout((*muscle).to_owned()),
        (["where"], Some(place)) => Wish::Where(Some(place.to_owned())),
        (["sources", page], _) => Wish::Sources(number(page)),
        (["topics"], Some(topic)) => match topic.strip_prefix("page ") {
            Some(page) => Wish::Topics(number(page)),
            None => Wish::Topic(topic.to_owned()),
        },
        (["questions"], Some(section)) => Wish::Question(section.to_owned()),
        _ => Wish::Unknown,
    }
}

/// The options of a command, by name.
struct Options<'a>(&'a [CommandDataOption]);

impl<'a> Options<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.iter().find(|option| option.name == name).map(|option| &option.value)
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    fn switch(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.as_i64().and_then(|number| u32::try_from(number).ok())
    }

    fn id(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Value::Channel(id) => Some(id.get()),
            Value::Role(id) => Some(id.get()),
            _ => None,
        }
    }
}
