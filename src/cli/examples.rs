//! What `--help` shows beneath the commands.

pub(super) const PROGRAM: &str = "Examples:
  sacrum ask \"why does sitting hurt my lower back?\"
  sacrum ask --json \"how long does sciatica last\"
  sacrum chat
  sacrum muscle \"pirifomis\" --picture piriformis.png
  sacrum corpus check --corpus my-corpus";

pub(super) const ASK: &str = "Examples:
  sacrum ask \"is it bad to rest in bed all day?\"
  sacrum ask --json what is the piriformis
  sacrum ask --batch questions.jsonl > answers.jsonl";

pub(super) const CHAT: &str = "Examples:
  sacrum chat
  sacrum chat --corpus my-corpus
  sacrum chat --json < questions.txt";

pub(super) const CITE: &str = "Examples:
  sacrum cite cpgqh4bh
  sacrum cite --json cpgqh4bh";

pub(super) const SEARCH: &str = "Examples:
  sacrum search piriformis stretch
  sacrum search --top 3 --json \"slipped disc\"
  sacrum search --batch questions.jsonl --top 100 > run.trec";

pub(super) const EVALUATE: &str = "Examples:
  sacrum evaluate tests/questions/answerable.jsonl
  sacrum evaluate --json --corpus my-corpus my-questions.jsonl";

pub(super) const SERVE: &str = "Examples:
  DISCORD_TOKEN=... sacrum serve --check
  DISCORD_TOKEN=... sacrum serve";

pub(super) const COMPLETIONS: &str = "Examples:
  sacrum completions bash > ~/.local/share/bash-completion/completions/sacrum
  sacrum completions fish > ~/.config/fish/completions/sacrum.fish";

pub(super) const CORPUS: &str = "Examples:
  sacrum corpus check --corpus my-corpus
  sacrum corpus refresh
  sacrum corpus status";

pub(super) const CHECK: &str = "Examples:
  sacrum corpus check --corpus my-corpus
  sacrum corpus check --sections --corpus my-corpus
  sacrum corpus check --json";

pub(super) const FIGURES: &str = "Example:
  sacrum corpus figures --sheet figures.png";

pub(super) const STATUS: &str = "Examples:
  sacrum corpus status
  sacrum corpus status --json";

pub(super) const HISTORY: &str = "Examples:
  sacrum corpus history
  sacrum corpus history --json";

pub(super) const REFRESH: &str = "Examples:
  sacrum corpus refresh
  sacrum corpus refresh nhs-sciatica --dry-run --diff
  sacrum corpus refresh nhs-sciatica --accept";

pub(super) const ROLLBACK: &str = "Examples:
  sacrum corpus rollback
  sacrum corpus rollback 3";

pub(super) const ADD: &str = "Examples:
  sacrum corpus add https://www.nhs.uk/conditions/sciatica/
  sacrum corpus add https://www.nhs.uk/conditions/sciatica/ --title Sciatica --dry-run";

pub(super) const REMOVE: &str = "Example:
  sacrum corpus remove nhs-sciatica";

pub(super) const WRITE: &str = "Example:
  sacrum corpus write answer.md --title \"Can I swim?\" --link https://example.org/swimming";

pub(super) const GAPS: &str = "Examples:
  sacrum corpus gaps --top 20
  sacrum corpus gaps --dismiss \"who won the match\"";

pub(super) const FEEDBACK: &str = "Example:
  sacrum corpus feedback --top 20";

pub(super) const LOG: &str = "Example:
  sacrum corpus log --top 20";

pub(super) const EXPORT: &str = "Examples:
  sacrum corpus export backup.jsonl
  sacrum corpus export - | gzip > backup.jsonl.gz";

pub(super) const IMPORT: &str = "Examples:
  sacrum corpus import backup.jsonl
  zcat backup.jsonl.gz | sacrum corpus import -";

pub(super) const MUSCLE: &str = "Examples:
  sacrum muscle deep muscle in the bum
  sacrum muscle psoas --picture psoas.png
  sacrum muscle piriformis --compare psoas
  sacrum muscle --attaches sacrum";
