//! /muscle, /muscles, /where, and the buttons that open cards: with the real corpus, as the small ones have
//! no muscles.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sacrum::corpus::{Corpus, Folder};
use serde_json::{Value, json};

use super::COVERED;
use super::shown::compare;
use crate::support::discord::{CHOSEN, FakeDiscord, Fault, File, GENERAL, LOG, Press, bot, bot_with, read};
use crate::support::root;

const DISCLAIMER: &str = "see a physiotherapist";
const SINGLE: &str = "I can put only single muscles side by side";

/// A warning sign for which a name is enough.
const SIGN: &str = r#"
[concept.torn-thing]
phrases = ["perineum"]
[[flag]]
id = "torn-thing"
level = "emergency"
cites = ["nhs-back-pain"]
[flag.advice]
emergency = "This is an emergency."
[[flag.rule]]
anywhere = ["torn-thing"]
[flag.must]
emergency = ["my perineum"]
"#;

/// The real corpus, without the examples that take long to learn from.
pub(super) fn folder() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("muscles-{}", std::process::id()));
        copy(&root("corpus"), &folder);
        let rules = std::fs::read_to_string(folder.join("red_flags.toml")).unwrap();
        std::fs::write(folder.join("red_flags.toml"), rules + SIGN).unwrap();
        folder
    });
    &FOLDER
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.file_name().to_str().unwrap() {
            "messages.jsonl" | "not_covered.txt" => {}
            name if entry.path().is_dir() => copy(&entry.path(), &to.join(name)),
            name => _ = std::fs::copy(entry.path(), to.join(name)).unwrap(),
        }
    }
}

pub(super) fn with_muscles(test: impl AsyncFnOnce(&mut FakeDiscord)) {
    bot_with(&[("SACRUM_CORPUS", folder().to_str().unwrap())], |_| {}, test);
}

pub(super) fn corpus() -> Corpus {
    Corpus::open(&Folder::Disk(root("corpus"))).unwrap()
}

/// What can be read in a message, without the marks that keep it plain.
fn text(message: &Value) -> String {
    read(message).replace('\\', "")
}

fn labels(message: &Value) -> Vec<String> {
    let rows = message["components"].as_array().into_iter().flatten();
    let parts = rows.flat_map(|row| row["components"].as_array().unwrap());
    let options = |part: &Value| part["options"].as_array().cloned().unwrap_or_else(|| vec![part.clone()]);
    parts.flat_map(options).filter_map(|part| part["label"].as_str().map(str::to_owned)).collect()
}

fn is_a_picture(file: &File) -> bool {
    let pixels = resvg::tiny_skia::Pixmap::decode_png(&file.bytes).unwrap();
    (pixels.width(), pixels.height()) == (1000, 750) && file.bytes.len() < 200_000
}

async fn muscle(discord: &FakeDiscord, name: &str) -> (Value, Vec<File>) {
    let asked = discord.slash_with("mia", GENERAL, "muscle", &[("name", name)]);
    let answer = discord.answer(asked).await;
    (answer, discord.files(asked))
}

#[test]
fn every_muscle_and_every_group_shows_its_card_and_its_picture() {
    with_muscles(async |discord| {
        let corpus = corpus();
        for muscle in &corpus.muscles.list {
            let (card, files) = self::muscle(discord, &muscle.name).await;
            let text = text(&card);
            let article = muscle.article.iter().chain(&muscle.correction);
            let parts =
                [&muscle.name, &muscle.latin, &muscle.what, &muscle.origin, &muscle.insertion, &muscle.innervation];
            let more = [&muscle.action, &muscle.aggravated_by, &muscle.felt_in, &muscle.care, &muscle.mixed_up_with];
            for part in parts.into_iter().chain(more).chain(article) {
                assert!(text.contains(part.as_str()), "{}: \"{part}\" is missing in {text}", muscle.id);
            }
            for source in muscle.citations.iter().filter_map(|id| corpus.source(id)) {
                assert!(
                    text.contains(&source.url) || source.url.contains('('),
                    "{}: {} in {text}",
                    muscle.id,
                    source.id
                );
            }
            assert!(text.contains(DISCLAIMER) && text.contains("Summarised from ["), "{text}");
            assert!(text.contains(&corpus.muscles.card_note), "{}: what is general teaching is not told", muscle.id);
            assert!(card["flags"].is_null(), "a command answers everybody");
            assert!(files.len() == 1 && is_a_picture(&files[0]), "{}", muscle.id);
            let alt = card["attachments"][0]["description"].as_str().unwrap();
            assert!(alt.contains(&muscle.alt), "{alt}");
            assert_eq!(card["embeds"][0]["image"]["url"], format!("attachment://{}", files[0].name));
            let labels = labels(&card);
            let related = corpus.muscles.of(&muscle.related).all(|of| labels.contains(&of.name));
            assert!(related && labels.contains(&"Ask about it".to_owned()), "{}: {labels:?}", muscle.id);
        }
        for group in &corpus.muscles.groups {
            let (choice, files) = self::muscle(discord, &group.name).await;
            assert!(text(&choice).contains(&group.note) && text(&choice).contains(DISCLAIMER), "{choice}");
            let labels = labels(&choice);
            assert!(!files.is_empty() && files.iter().all(is_a_picture), "{}", group.id);
            let alt = choice["attachments"].to_string();
            for muscle in corpus.muscles.of(&group.muscles) {
                assert!(labels.contains(&muscle.name), "{} has no {}: {labels:?}", group.id, muscle.id);
                assert!(alt.contains(&muscle.name), "the pictures of {} do not show {}", group.id, muscle.id);
            }
        }
    });
}

#[test]
fn cards_look_as_they_did() {
    with_muscles(async |discord| {
        compare("muscle", &muscle(discord, "piriformis").await.0);
        compare("muscle-group", &muscle(discord, "hip flexors").await.0);
        compare("muscle-thing", &muscle(discord, "sciatic nerve").await.0);
        for (name, command, words) in [
            ("muscle-compared", "muscle", &[("name", "iliacus"), ("compare", "psoas")][..]),
            ("muscle-list", "muscles", &[]),
            ("muscle-place", "where", &[("region", "buttock")]),
        ] {
            compare(name, &discord.answer(discord.slash_with("mia", GENERAL, command, words)).await);
        }
    });
}

#[test]
fn names_are_taken_as_people_type_them() {
    with_muscles(async |discord| {
        for (typed, holds) in [
            ("left pirifomis", "# Piriformis"),
            ("so-az", "# Psoas major"),
            ("sacrum", "a bone and not a muscle"),
            ("sciatic nerve", "Muscles nearby"),
            ("zzzzzz", "I know no muscle called \"zzzzzz\". **/muscles** lists"),
            ("@everyone <@1> https://evil.example **x**", "＠everyone ＜@1> (link) **x**\""),
        ] {
            let (answer, files) = muscle(discord, typed).await;
            let title = answer["embeds"][0]["title"].as_str().unwrap_or_default();
            let seen = format!("# {title}\n{}", text(&answer));
            assert!(seen.contains(holds), "{typed}: {seen}");
            assert_eq!(files.len(), usize::from(holds.starts_with('#')), "{typed}: a picture only on a card");
            assert_eq!(answer["flags"] == 64, title.is_empty(), "{typed}: what is not known is told privately");
        }
        // Nothing is guessed: whoever asked chooses, and sees the card alone.
        let (choice, _) = muscle(discord, "hip flexor").await;
        let pressed = discord.presses("max", GENERAL, &choice, &Press::Button("Psoas major"));
        let card = discord.answer(pressed).await;
        assert!(card["flags"] == 64 && card["embeds"][0]["title"] == "Psoas major", "{card}");
        assert_eq!(discord.files(pressed).len(), 1);
        let (nearest, files) = muscle(discord, "gluteus novus").await;
        assert!(files.is_empty() && text(&nearest).contains("The nearest names:"), "{nearest}");
        assert!(labels(&nearest).contains(&"Gluteus medius".to_owned()), "{nearest}");
        let gone = discord.presses("max", GENERAL, &choice, &Press::Forged("muscle:no-such:back"));
        assert!(text(&discord.answer(gone).await).contains("too old"));
    });
}

#[test]
fn what_is_typed_is_completed() {
    with_muscles(async |discord| {
        for (command, option, typed, first) in [
            ("muscle", "name", "perif", json!({"name": "Piriformis", "value": "Piriformis"})),
            ("muscle", "compare", "wallet", json!({"name": "Piriformis (wallet muscle)", "value": "Piriformis"})),
            ("muscle", "name", "zzzzzz", Value::Null),
            ("where", "region", "butt", json!({"name": "the buttock", "value": "buttock"})),
            ("muscles", "at", "the low b", json!({"name": "the low back", "value": "low-back"})),
            ("muscles", "felt", "groin", json!({"name": "the groin and the front of the hip", "value": "groin"})),
            ("muscles", "nerve", "sciat", json!({"name": "sciatic nerve", "value": "sciatic"})),
            ("muscles", "attaches", "tail", json!({"name": "tailbone", "value": "coccyx"})),
            ("muscles", "view", "from the fr", json!({"name": "The belly wall, from the front", "value": "belly"})),
        ] {
            let callback = discord.callback(discord.types_in("mia", command, option, typed)).await;
            assert_eq!(callback["type"], 8);
            assert_eq!(callback["data"]["choices"][0], first, "{command} {option}: {typed}");
        }
        for (command, option) in [("muscle", "name"), ("where", "region"), ("muscles", "nerve")] {
            let callback = discord.callback(discord.types_in("mia", command, option, "")).await;
            let count = callback["data"]["choices"].as_array().unwrap().len();
            assert!((15..=25).contains(&count), "{command} {option}: {count}");
        }
    });
}

#[test]
fn two_muscles_stand_side_by_side() {
    with_muscles(async |discord| {
        let compare = async |one, other| {
            let asked = discord.slash_with("mia", GENERAL, "muscle", &[("name", one), ("compare", other)]);
            (discord.answer(asked).await, discord.files(asked))
        };
        let (both, files) = compare("piriformis", "glute med").await;
        let text_of_both = text(&both);
        assert_eq!(both["embeds"][0]["title"], "Piriformis and Gluteus medius");
        for part in
            ["**Starts**\nPiriformis: ", "\nGluteus medius: ", "**Mixed up with**", "Summarised from", DISCLAIMER]
        {
            assert!(text_of_both.contains(part), "{part} in {text_of_both}");
        }
        assert_eq!(files.len(), 1, "one picture shows both");
        // These two have most to say.
        let corpus = corpus();
        let [piriformis, levator] = ["piriformis", "levator-ani"].map(|id| corpus.muscles.get(id).unwrap());
        let (both, _) = compare("piriformis", "levator ani").await;
        let text_of_both = text(&both);
        for muscle in [piriformis, levator] {
            let (claim, correction) = (muscle.article.as_ref().unwrap(), muscle.correction.as_ref().unwrap());
            let pair = format!("**The article**\n{0}: {claim}\n**Better sources**\n{0}: {correction}\n", muscle.name);
            assert!(text_of_both.contains(&pair), "{pair} in {text_of_both}");
            assert!(text_of_both.contains(&muscle.mixed_up_with), "a part is cut: {text_of_both}");
            let source = corpus.source(&muscle.citations[0]).unwrap();
            assert!(text_of_both.contains(&source.url), "{} in {text_of_both}", source.url);
        }
        assert!(text_of_both.contains(&corpus.muscles.card_note), "what is general teaching is not told");
        let article = corpus.source("mmm-sacrum").unwrap();
        assert!(text_of_both.contains(&article.url), "{} in {text_of_both}", article.url);
        // No figure shows these two.
        let (both, files) = compare("iliacus", "levator ani").await;
        assert!(files.len() == 2 && both["embeds"][1]["image"]["url"].is_string(), "{both}");
        let (choice, files) = compare("piriformis", "glutes").await;
        assert!(text(&choice).contains(SINGLE) && !files.is_empty(), "{choice}");
        assert!(labels(&choice).contains(&"Gluteus maximus".to_owned()));
        let (unknown, _) = compare("zzzzzz", "psoas").await;
        assert!(text(&unknown).contains(SINGLE) && text(&unknown).contains("no muscle called \"zzzzzz\""), "{unknown}");
        let (same, _) = compare("psoas", "so-az").await;
        assert_eq!(same["embeds"][0]["title"], "Psoas major");
    });
}

#[test]
fn muscles_are_listed_and_narrowed_down() {
    with_muscles(async |discord| {
        let list = |words: &[(&str, &str)]| discord.slash_with("mia", GENERAL, "muscles", words);
        let all = discord.answer(list(&[])).await;
        assert_eq!((labels(&all).len(), &all["flags"]), (22, &json!(64)));
        for (words, holds, lacks) in [
            (&[("at", "buttock"), ("nerve", "superior gluteal")][..], "Gluteus medius", "Psoas"),
            (&[("felt", "bum")], "Gluteus maximus", "Rectus abdominis"),
            (&[("attaches", "sacrum"), ("view", "front")], "Iliacus", "Gluteus maximus"),
            (&[("nerve", "pudendal"), ("at", "belly")], "No muscle that I know fits", "Open a card"),
            (&[("nerve", "optic")], "I know no nerve called \"optic\". There are: nerve-to-piriformis", "Psoas"),
        ] {
            let listed = discord.answer(list(words)).await;
            let seen = text(&listed);
            assert!(seen.contains(holds) && !seen.contains(lacks) && listed["flags"] == 64, "{words:?}: {seen}");
        }
        let opened = discord.presses("mia", GENERAL, &all, &Press::Choice("Multifidus"));
        assert_eq!(discord.answer(opened).await["embeds"][0]["title"], "Multifidus");
    });
}

#[test]
fn where_tells_what_lies_at_a_place_and_that_this_is_no_diagnosis() {
    with_muscles(async |discord| {
        let places = discord.answer(discord.slash("mia", GENERAL, "where")).await;
        assert!(labels(&places).len() == 15 && text(&places).contains("not what hurts"), "{places}");
        let chosen = discord.presses("mia", GENERAL, &places, &Press::Choice("The buttock"));
        let callback = discord.callback(chosen).await;
        assert_eq!(callback["type"], 7, "the same message shows it");
        let buttock = &callback["data"];
        let note = corpus().muscles.where_note.clone();
        for part in
            [note.as_str(), "**Lies there**", "Piriformis", "**Said to be felt there, and lies elsewhere**", DISCLAIMER]
        {
            assert!(text(buttock).contains(part), "{part} in {buttock}");
        }
        let next = discord.presses("mia", GENERAL, buttock, &Press::Choice("The pelvic floor"));
        assert!(text(&discord.answer(next).await).contains("Levator ani"));
        let typed = discord.answer(discord.slash_with("mia", GENERAL, "where", &[("region", "lower back")])).await;
        assert!(typed["embeds"][0]["title"] == "The low back" && typed["flags"] == 64, "{typed}");
        let opened = discord.presses("mia", GENERAL, &typed, &Press::Choice("Multifidus"));
        assert_eq!(discord.answer(opened).await["embeds"][0]["title"], "Multifidus");
        let unknown = discord.answer(discord.slash_with("mia", GENERAL, "where", &[("region", "elbow")])).await;
        assert!(text(&unknown).contains("I know no place called \"elbow\"") && labels(&unknown).len() == 15);
    });
}

#[test]
fn a_card_leads_on_to_other_sides_other_muscles_and_questions() {
    with_muscles(async |discord| {
        let (card, _) = muscle(discord, "piriformis").await;
        let turned = discord.presses("max", GENERAL, &card, &Press::Button("Seen from the front"));
        let front = discord.answer(turned).await;
        assert_eq!(discord.callback(turned).await["type"], 4, "what everybody sees stays as it is");
        assert!(front["flags"] == 64 && labels(&front).contains(&"Seen from behind".to_owned()), "{front}");
        assert!(front["attachments"][0]["description"].as_str().unwrap().starts_with("Seen from the front"));
        let mut own = front.clone();
        own["id"] = "7".into();
        let again = discord.presses("max", GENERAL, &own, &Press::Button("Seen from behind"));
        assert_eq!(discord.callback(again).await["type"], 7, "one's own card turns");
        assert_eq!(discord.files(again).len(), 1);
        let ask = discord.presses("max", GENERAL, &card, &Press::Button("Ask about it"));
        let questions = discord.answer(ask).await;
        let choices = labels(&questions);
        assert!(choices.len() > 3 && questions["flags"] == 64, "{questions}");
        let answer = discord.answer(discord.presses("max", GENERAL, &questions, &Press::Choice(&choices[0]))).await;
        assert!(text(&answer).to_lowercase().contains("piriformis") && answer["flags"] == 64, "{choices:?}: {answer}");
    });
}

#[test]
fn muscles_that_an_answer_names_can_be_opened_privately() {
    with_muscles(async |discord| {
        let answer = discord.answer(discord.ask("mia", GENERAL, "where is the piriformis?")).await;
        let pressed = discord.presses("max", GENERAL, &answer, &Press::Button("Piriformis"));
        let card = discord.answer(pressed).await;
        assert!(card["flags"] == 64 && card["embeds"][0]["title"] == "Piriformis", "{card}");
        assert_eq!(discord.files(pressed).len(), 1);
        let mention = discord.reply(discord.says("ann", GENERAL, "@bot where is the piriformis?")).await;
        assert!(labels(&mention).contains(&"Piriformis".to_owned()), "{mention}");
    });
}

#[test]
fn a_card_is_private_on_demand_or_by_setting() {
    with_muscles(async |discord| {
        let data = json!({"id": "1", "name": "muscle", "type": 1, "options": [
            {"name": "name", "type": 3, "value": "psoas"}, {"name": "private", "type": 5, "value": true}]});
        assert_eq!(discord.answer(discord.command("mia", GENERAL, data)).await["flags"], 64);
        let set = discord.setup("owner", "private", json!([{"name": "on", "type": 5, "value": true}]));
        discord.answer(set).await;
        assert_eq!(muscle(discord, "psoas").await.0["flags"], 64);
    });
}

#[test]
fn a_picture_that_did_not_arrive_is_sent_again_whole() {
    with_muscles(async |discord| {
        let mut left = 1;
        discord.fault(move |request| {
            left -= i32::from(!request.files.is_empty());
            (left == 0 && !request.files.is_empty()).then(|| Fault::Answer(502, vec![], "<html>".to_owned()))
        });
        let (card, files) = muscle(discord, "psoas").await;
        assert!(files.len() == 1 && is_a_picture(&files[0]), "{card}");
        let uploads = discord.shared.state().requests.iter().filter(|request| !request.files.is_empty()).count();
        assert_eq!(uploads, 2);
    });
}

#[test]
fn a_warning_sign_in_what_is_looked_up_comes_first() {
    with_muscles(async |discord| {
        let log = json!([{"name": "channel", "type": 7, "value": LOG.to_string()}]);
        discord.answer(discord.setup("owner", "log", log)).await;
        let sign = "cant feel my groin and cant pee since friday";
        for (command, option) in [("muscle", "name"), ("where", "region"), ("muscles", "felt")] {
            let advice = discord.answer(discord.slash_with(option, CHOSEN, command, &[(option, sign)])).await;
            assert!(text(&advice).contains("emergency") && advice["flags"] == 64, "{command}: {advice}");
        }
        // A name tells of nobody, whatever sign shows in it.
        let (thing, _) = muscle(discord, "perineum").await;
        assert_eq!(thing["embeds"][0]["title"], "Perineum");
        discord.until("the moderators know", |state| (state.bot_messages().count() == 3).then_some(())).await;
        assert_eq!(discord.in_channel(LOG).len(), 3);
    });
}

#[test]
fn commands_on_muscles_are_there_where_the_corpus_has_muscles() {
    let names = |discord: &FakeDiscord| {
        let state = discord.shared.state();
        state.commands_of[&0].iter().map(|command| command["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    with_muscles(async |discord| {
        discord.until("they are registered", |state| (state.commands_written == 1).then_some(())).await;
        for name in ["muscle", "muscles", "where"] {
            assert!(names(discord).contains(&name.to_owned()), "{name}");
        }
        assert!(text(&discord.answer(discord.slash("mia", GENERAL, "help")).await).contains("**/muscle**"));
    });
    bot(async |discord| {
        discord.until("they are registered", |state| (state.commands_written == 1).then_some(())).await;
        assert!(!names(discord).contains(&"muscle".to_owned()));
        // An old client may still offer it.
        let (answer, _) = muscle(discord, COVERED).await;
        assert!(text(&answer).contains("I know no muscle") && answer["flags"] == 64, "{answer}");
        let places = discord.answer(discord.slash("mia", GENERAL, "where")).await;
        assert_eq!(places["components"], json!([]));
    });
}
