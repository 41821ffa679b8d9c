//! Interactions: each is acknowledged within Discord's 3 seconds, whatever happens.

use std::collections::HashSet;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::time::timeout;

use super::bot::Bot;
use super::called::{Called, Typed, Wish};
use super::compose::{Asked, Composed, Way, asked_under, compose, place};
use super::corpus::Task;
use super::limits;
use super::reply::{Button, Choice, Reply, Row};
use super::rest::RestError;
use super::send::Response;
use super::{chat, muscle, names, notice, pages, render, setup, words};
use crate::answer::{Answerer, Outcome};
use crate::corpus::{Named, Question};
use crate::muscle::named_so_far;
use crate::store::{Kept, Shown, StoreError, Target, Whose};

/// From here on an answer is promised before it is there.
pub(super) const PROMISE: Duration = Duration::from_millis(1_500);
/// So long after a start an answer is waited for without a word.
const STARTING: Duration = Duration::from_secs(12);
const TOO_OLD: &str = "That answer is too old for its buttons, or its source has changed. Please ask again with /ask.";
const NOT_HERE: &str = "I may not write in this channel: it is locked, or a moderator would have to let me.";
const EARLY: &str = "I have just been started, and am still reading what I know.";
const WAIT: &str = "One moment, please.";
pub(super) const BROKEN: &str = "Something went wrong on my side. Please try again in a moment.";

/// What comes of an interaction.
enum Act {
    /// A new message.
    Say(Reply),
    /// The message with the button becomes this one.
    Update(Reply),
    /// What could be typed.
    Choices(Vec<Choice>),
}

/// What comes of it, and whether urgent advice was given that moderators are told of.
struct Done {
    act: Act,
    urgent: bool,
}

impl From<Act> for Done {
    fn from(act: Act) -> Self {
        Self { act, urgent: false }
    }
}

/// Waits for what answers, as after a start, and whether the interaction still wants something of it: where it is not
/// there in time, an answer is promised.
pub(super) async fn may_go_on(bot: &Bot, called: &mut Called) -> bool {
    if timeout(PROMISE, bot.answerer()).await.is_ok() {
        return true;
    }
    let early = match &called.wish {
        // To who types nothing can be promised, and a form takes no promise's place.
        Wish::Complete { .. } | Wish::Corpus(Task::Complete { .. }) => Response::Choices(&[]),
        Wish::Corpus(_) => Response::Say(&Reply::whisper(format!("{EARLY} Please try again in a minute."))),
        _ => {
            called.promised = promise(bot, called).await;
            if timeout(STARTING, bot.answerer()).await.is_err() && called.promised {
                let early = Reply::whisper(format!("{EARLY} Your answer will stand here in a moment."));
                sent(bot.rest.follow(called.application, &called.token, &early).await);
            }
            bot.answerer().await;
            return true;
        }
    };
    sent(bot.rest.respond(called.id, &called.token, early).await);
    false
}

/// Promises an answer, and whether Discord took it.
async fn promise(bot: &Bot, called: &Called) -> bool {
    // What a server wants is not waited for: where it is not known yet, only who asked sees the answer.
    let private = is_private(bot, called).now_or_never().unwrap_or(true);
    sent(bot.rest.respond(called.id, &called.token, Response::Later { private }).await)
}

/// Deals with an interaction.
pub(super) async fn answer(bot: &Bot, called: Called) {
    let mut work = pin!(act(bot, &called));
    let patience = if called.promised { Duration::ZERO } else { PROMISE };
    let Done { act, urgent } = tokio::select! {
        done = &mut work, if !called.promised => done,
        () = tokio::time::sleep(patience) => {
            let promised = called.promised || promise(bot, &called).await;
            let Done { act: Act::Say(reply) | Act::Update(reply), urgent } = work.await else { return };
            let told = promised && sent(bot.rest.follow(called.application, &called.token, &reply).await);
            return after(bot, &called, urgent.then_some(&reply), told).await;
        }
    };
    let response = match &act {
        Act::Say(reply) => Response::Say(reply),
        Act::Update(reply) => Response::Update(reply),
        Act::Choices(choices) => Response::Choices(choices),
    };
    let told = sent(bot.rest.respond(called.id, &called.token, response).await);
    let (Act::Say(reply) | Act::Update(reply)) = &act else { return };
    after(bot, &called, urgent.then_some(reply), told).await;
}

fn sent(sent: Result<(), RestError>) -> bool {
    match &sent {
        Ok(()) => {}
        Err(error) if error.is_stale() => tracing::debug!("an interaction was over: {error}"),
        Err(error) => tracing::warn!("an interaction was not answered: {error}"),
    }
    sent.is_ok()
}

/// Whether only the one who did it sees the answer.
async fn is_private(bot: &Bot, called: &Called) -> bool {
    match &called.wish {
        Wish::Muscle { name, other, .. } if !muscle::is_known(&*bot.answerer().await, name, other.as_deref()) => true,
        Wish::Ask { private: Some(private), .. } | Wish::Muscle { private: Some(private), .. } => *private,
        Wish::Ask { .. } | Wish::Muscle { .. } | Wish::Cite(_) => {
            !called.alone && bot.settings(called.server).await.private
        }
        _ => true,
    }
}

async fn act(bot: &Bot, called: &Called) -> Done {
    let shared = bot.answerer().await;
    if let Some(done) = warned(&shared, called) {
        return done;
    }
    if let Wish::Complete { of, so_far } = &called.wish {
        return Act::Choices(complete(&shared, *of, so_far)).into();
    }
    let answerer = bot.answerer_in(called.server).await;
    let reply = match &called.wish {
        Wish::Ask { question, .. } => {
            let (reply, urgent) = ask(bot, called, question).await;
            return Done { act: Act::Say(reply), urgent };
        }
        Wish::Find { message, text, by_bot } => find(bot, called, *message, text, *by_bot).await,
        Wish::Cite(id) => match wait(bot, called, &[]).await {
            Some(wait) => wait,
            None => cite(bot, called, id).await,
        },
        Wish::Muscle { name, other, .. } => match wait(bot, called, &[]).await {
            Some(wait) => wait,
            None => {
                let private = is_private(bot, called).await;
                Reply { private, ..muscle::look_up(bot, name, other.as_deref()).await }
            }
        },
        Wish::Card { muscle, view } => match muscle::open(bot, muscle, view.as_deref()).await {
            Some(card) if view.is_some() && called.under_private => return Act::Update(card).into(),
            Some(card) => Reply { private: true, ..card },
            None => Reply::whisper(TOO_OLD),
        },
        Wish::Muscles(filter) => muscle::listed(&answerer, filter),
        Wish::Where(region) => muscle::region(&answerer, region.as_deref()),
        Wish::AskAbout(muscle) => pages::about_muscle(&answerer, muscle).unwrap_or_else(|| Reply::whisper(TOO_OLD)),
        Wish::Sources(page) => pages::source_list(&answerer, *page),
        Wish::Topics(page) => pages::topics(&answerer, *page),
        Wish::Topic(id) => match pages::topic(&answerer, id) {
            Some(reply) => return Act::Update(reply).into(),
            None => Reply::whisper(TOO_OLD),
        },
        Wish::Question(chosen) => match pages::question(&answerer, chosen) {
            Some(question) => alone(bot, called, question, false, None).await,
            None => Reply::whisper(TOO_OLD),
        },
        Wish::Help => pages::help(&answerer, bot.reads_chat()),
        Wish::Privacy => pages::privacy(&answerer, bot.keep_days),
        Wish::About => pages::about(&answerer),
        Wish::Setup(change) => setup::change(bot, called, *change).await,
        Wish::Vote { answer, helpful } => vote(bot, called, answer, *helpful).await,
        Wish::More { answer, page, again } => match kept(bot, called, answer).await {
            Ok(Some(shown)) => match pages::more(&answerer, &shown, answer, *page) {
                Some(reply) if *again => return Act::Update(reply).into(),
                Some(reply) => reply,
                None => Reply::whisper(TOO_OLD),
            },
            Ok(None) => Reply::whisper(TOO_OLD),
            Err(reply) => reply,
        },
        Wish::Nearest { answer, at } => match kept(bot, called, answer).await {
            Ok(shown) => match shown.as_ref().and_then(|shown| shown.nearest.get(*at)) {
                Some(question) => alone(bot, called, question, false, None).await,
                None => Reply::whisper(TOO_OLD),
            },
            Err(reply) => reply,
        },
        Wish::Show(answer) => show(bot, called, answer).await,
        Wish::Post(answer) => return post(bot, called, answer).await.into(),
        Wish::Forget => match bot.store.forget_person(called.person).await {
            Ok(count) => {
                Reply::whisper(format!("Done: {count} of your votes were deleted. I keep nothing else of you."))
            }
            Err(error) => failed(&error),
        },
        Wish::Complete { .. } | Wish::Corpus(_) | Wish::Unknown => {
            Reply::whisper("That button or command is from another version of me. Please ask again with /ask.")
        }
    };
    let turned = called.by_button && matches!(called.wish, Wish::Sources(_) | Wish::Topics(_) | Wish::Where(_));
    if turned { Act::Update(reply).into() } else { Act::Say(reply).into() }
}

/// The advice on a warning sign in the words with which something was looked up, where they are no name. /ask
/// has its own way, as it knows what its author said before.
fn warned(answerer: &Answerer, called: &Called) -> Option<Done> {
    if matches!(called.wish, Wish::Ask { .. }) {
        return None;
    }
    let written = called.wish.written().into_iter().filter(|written| !muscle::is_name(answerer, written));
    let signs = written.filter_map(|written| answerer.check(&[written]));
    let urgent = signs.max_by_key(|urgent| urgent.level).filter(|urgent| urgent.level.cannot_wait())?;
    let reply = Reply { private: true, ..render::advice(answerer, &urgent) };
    Some(Done { act: Act::Say(reply), urgent: urgent.level.overrides_all() })
}

/// What may be meant by what is typed so far.
fn complete(answerer: &Answerer, of: Typed, so_far: &str) -> Vec<Choice> {
    let muscles = &answerer.corpus().muscles;
    let named =
        |all: &[Named]| named_so_far(all, so_far).filter_map(|of| Choice::new(&of.name, &of.id)).collect::<Vec<_>>();
    let mut choices = match of {
        Typed::Question => answerer.questions(so_far).filter_map(|question| Choice::new(question, question)).collect(),
        Typed::Muscle => {
            let meant = answerer.finder().complete(answerer.corpus(), so_far, limits::CHOICES);
            let label = |choice: &crate::muscle::Choice<'_>| match choice.alias {
                Some(alias) => format!("{} ({alias})", choice.name),
                None => choice.name.to_owned(),
            };
            meant.iter().filter_map(|choice| Choice::new(&label(choice), choice.name)).collect()
        }
        Typed::Place => named(&muscles.places),
        Typed::Nerve => named(&muscles.nerves),
        Typed::Bone => named(&muscles.bones),
        Typed::View => {
            let figures = answerer.corpus().figures.iter();
            let fits = |title: &str| title.to_lowercase().contains(&so_far.trim().to_lowercase());
            figures.filter(|of| fits(&of.title)).filter_map(|of| Choice::new(&of.title, &of.view)).collect()
        }
    };
    // Discord takes none twice.
    let mut known = HashSet::new();
    choices.retain(|choice| known.len() < limits::CHOICES && known.insert(choice.value.clone()));
    choices
}

/// What is said in place of an answer that is asked for too soon; nothing is too soon where a sign shows.
async fn wait(bot: &Bot, called: &Called, said: &[&str]) -> Option<Reply> {
    if bot.is_urgent(said).await {
        return None;
    }
    let text = chat::too_soon(bot, called.server, called.person)?;
    Some(Reply::whisper(text.unwrap_or_else(|| WAIT.to_owned())))
}

/// /ask; and whether it shows a sign that moderators are told of.
async fn ask(bot: &Bot, called: &Called, question: &str) -> (Reply, bool) {
    let said = bot.hear(place(called.channel, called.person), called.id, question);
    let private = is_private(bot, called).await;
    let way = match private || called.alone {
        true => Way::Private,
        false => Way::PublicCommand,
    };
    let said_before: Vec<&str> = said.iter().map(String::as_str).collect();
    if let Some(wait) = wait(bot, called, &said_before).await {
        return (wait, false);
    }
    let asked = Asked {
        text: question,
        parts: &[],
        said: &said,
        previous: None,
        server: called.server,
        way,
        target: None,
        of_another: false,
    };
    let Some(composed) = compose(bot, asked).await else {
        return (Reply::whisper("Please type a question after /ask."), false);
    };
    tracing::info!(outcome = composed.came(), urgent = ?composed.urgent, private, "answered /ask");
    bot.memory.history().asked(called.id, question, Instant::now());
    let urgent = composed.is_urgent();
    (Reply { private: private || composed.reply.private, ..composed.reply }, urgent)
}

/// An answer that only this person sees, to a question of the corpus or to somebody's message.
async fn alone(bot: &Bot, called: &Called, text: &str, of_another: bool, target: Option<Target>) -> Reply {
    if let Some(wait) = wait(bot, called, &[text]).await {
        return wait;
    }
    let (server, way) = (called.server, Way::Private);
    let asked = Asked { text, parts: &[], said: &[], previous: None, server, way, target, of_another };
    match compose(bot, asked).await {
        Some(composed) => with_post(composed, target),
        None => Reply::whisper("There is no text in that message that I could answer."),
    }
}

/// "Find an answer" in the menu of somebody's message.
async fn find(bot: &Bot, called: &Called, message: u64, text: &str, by_bot: bool) -> Reply {
    if by_bot {
        return Reply::whisper("That message is a bot's. I answer people.");
    }
    let text = words::typed(text);
    if Question::new(&text).is_err() {
        return Reply::whisper("There is no text in that message that I could answer.");
    }
    // A user may have installed us where we are no member, and cannot post.
    let can_be_posted = called.server != 0 && called.may_write(called.ours);
    let target = can_be_posted.then_some(Target { channel: called.channel, message });
    alone(bot, called, &text, true, target).await
}

fn with_post(composed: Composed, target: Option<Target>) -> Reply {
    let mut reply = Reply { private: true, ..composed.reply };
    let worth_posting = matches!(composed.outcome, Some(Outcome::Answered(_) | Outcome::Withheld));
    let kept = composed.kept.filter(|_| worth_posting && target.is_some());
    let button = kept.and_then(|id| Button::important("Post it", format!("post:{id}")));
    reply.rows.extend(button.map(|button| Row::Buttons(vec![button])));
    reply
}

/// "Post it": the helper's answer becomes a public reply to the asker's message.
async fn post(bot: &Bot, called: &Called, answer: &str) -> Act {
    let whisper = |text: &str| Act::Say(Reply::whisper(text));
    if !called.may_write(called.permissions) {
        return whisper("You may not write here, so I do not write for you.");
    }
    let (shown, target) = match looked_up(bot, called, answer).await {
        Ok(Some((shown, target))) if target.channel == called.channel => (shown, target),
        Ok(_) => return whisper("That answer was posted already, or it is too old."),
        Err(reply) => return Act::Say(reply),
    };
    let answerer = bot.answerer_in(called.server).await;
    let Some(restored) = render::restored(&answerer, &shown) else { return whisper(TOO_OLD) };
    let urgent = restored.urgent.as_ref().is_some_and(|urgent| urgent.level.overrides_all());
    let reply = match shown.sensitive && !urgent {
        true => render::pointer(&answerer, Some(answer)),
        false => render::answer(&answerer, &restored, render::Manner { id: Some(answer), question: None }),
    };
    let _alone = bot.alone_with(target.message).await;
    for whose in Whose::ALL {
        match has_reply(bot, target.message, whose).await {
            // Advice is worth a second reply beside ours, and an answer is not.
            Ok(true) if !urgent || whose == Whose::Helper => return whisper("That message has an answer already."),
            Ok(_) => {}
            Err(error) => return Act::Say(failed(&error)),
        }
    }
    // However often the button is pressed: by its nonce it is one message.
    match bot.rest.post(target.channel, Some(target.message), &reply, &chat::nonce('h', asked_under(answer))).await {
        Ok(posted) => {
            chat::keep(bot, target.message, Whose::Helper, Kept { channel: target.channel, reply: posted }).await;
            bot.memory.posted().helped.insert(target.message, ());
            if let Err(error) = bot.store.forget_target(answer).await {
                tracing::warn!("a posted answer may be posted again: {error}");
            }
            if urgent {
                bot.memory.posted().advised.insert(asked_under(answer), None);
                notice::emergency(bot, called.server, called.channel, Some(posted)).await;
            }
            Act::Update(Reply::whisper("Posted. Thank you for helping."))
        }
        Err(RestError::RefusedBefore) => whisper(NOT_HERE),
        Err(error) if error.is_forbidden() => {
            notice::refused(bot, called.server, target.channel, target.message, &error).await;
            whisper(NOT_HERE)
        }
        Err(error) if error.is_stale() || error.is_reference_gone() => whisper("That message is gone."),
        Err(error) => {
            tracing::warn!("an answer was not posted: {error}");
            whisper(BROKEN)
        }
    }
}

/// Whether a message has a reply that still stands: a moderator may have deleted it.
async fn has_reply(bot: &Bot, message: u64, whose: Whose) -> Result<bool, StoreError> {
    let Some(kept) = bot.store.reply_to(message, whose).await? else { return Ok(false) };
    if !bot.rest.text_of(kept.channel, kept.reply).await.is_err_and(|error| error.is_gone()) {
        return Ok(true);
    }
    bot.store.forget_reply(message, whose).await?;
    Ok(false)
}

/// What a helper looked up, and for which message, until it is posted.
async fn looked_up(bot: &Bot, called: &Called, answer: &str) -> Result<Option<(Shown, Target)>, Reply> {
    let advised = bot.memory.posted().advised.get(asked_under(answer)).cloned();
    if let Some(advised) = advised {
        return Ok(advised);
    }
    let shown = kept(bot, called, answer).await?;
    let target = bot.store.target(answer).await.map_err(|error| failed(&error))?;
    Ok(shown.zip(target))
}

async fn cite(bot: &Bot, called: &Called, id: &str) -> Reply {
    let answerer = bot.answerer_in(called.server).await;
    match answerer.cite(id.trim()).first() {
        Some(excerpt) => Reply { private: is_private(bot, called).await, ..pages::citation(&answerer, excerpt) },
        None => {
            Reply::whisper("No excerpt has that id. Ids are the eight letters and digits at the end of a citation.")
        }
    }
}

async fn vote(bot: &Bot, called: &Called, answer: &str, helpful: bool) -> Reply {
    match bot.store.vote(answer, called.person, helpful).await {
        Ok(true) => {
            if !helpful {
                note_feedback(bot, answer).await;
            }
            Reply::whisper("Thank you. You can change your mind with the other button.")
        }
        Ok(false) => Reply::whisper(TOO_OLD),
        Err(error) => failed(&error),
    }
}

/// Keeps what was asked with an answer that did not help, as long as it is remembered.
async fn note_feedback(bot: &Bot, answer: &str) {
    let question = bot.memory.history().question_of(asked_under(answer)).map(str::to_owned);
    if let Some(question) = question
        && let Err(error) = bot.store.note_feedback(answer, &question, &names::known(bot)).await
    {
        tracing::warn!("what was asked was not kept with an unhelpful answer: {error}");
    }
}

/// What stood in a channel as a pointer, for one person alone.
async fn show(bot: &Bot, called: &Called, answer: &str) -> Reply {
    if called.asker.is_some_and(|asker| asker != called.person) {
        return Reply::whisper(
            "That is for the person who asked. Ask me yourself with /ask: only you can see it then.",
        );
    }
    let answerer = bot.answerer_in(called.server).await;
    let shown = match kept(bot, called, answer).await {
        Ok(shown) => shown.unwrap_or_default(),
        Err(reply) => return reply,
    };
    match render::restored(&answerer, &shown).filter(|_| shown != Shown::default()) {
        Some(restored) => {
            let manner = render::Manner { id: Some(answer), question: None };
            Reply { private: true, ..render::answer(&answerer, &restored, manner) }
        }
        None => Reply::whisper(TOO_OLD),
    }
}

/// What an answer was made of, where it was given in this server: another one may have sources of its own.
async fn kept(bot: &Bot, called: &Called, answer: &str) -> Result<Option<Shown>, Reply> {
    bot.store.answer(bot.care.community(called.server), answer).await.map_err(|error| failed(&error))
}

fn failed(error: &StoreError) -> Reply {
    tracing::error!("the store failed: {error}");
    Reply::whisper(BROKEN)
}

/// Urgent advice that could not be told where it was asked for is told privately; moderators hear of what was told.
async fn after(bot: &Bot, called: &Called, urgent: Option<&Reply>, told: bool) {
    let Some(advice) = urgent else { return };
    let told = told || chat::privately(bot, called.person, advice, &chat::nonce('p', called.id)).await;
    if told && called.server != 0 {
        notice::emergency(bot, called.server, called.channel, None).await;
    }
}
