//! `tellonce new`

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand};

use crate::declare::{Coded, Declarations, Direction, Gives, Instrument, ItemKind, Rule, Score, Text, did_you_mean};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::pipeline::SETTINGS;

/// Begin a declaration of your own: write a commented file for you to change
#[derive(Debug, Args)]
pub struct New {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// A set of questions with their answer options
    Instrument {
        /// Its name: small letters, digits and hyphens
        id: String,
    },
    /// What is measured by the answers to an instrument
    Outcome {
        /// Its name: small letters, digits and hyphens
        id: String,
        /// The instrument; its first score is measured, else its first question
        #[arg(long, value_name = "ID")]
        instrument: String,
    },
    /// Evidence that a licensed instrument may be used, with blanks for a person to fill in
    Licence {
        /// The instrument
        #[arg(value_name = "INSTRUMENT")]
        id: String,
    },
}

impl New {
    /// Writes the file and says where it is.
    pub fn run(&self, workspace: &Path) -> Result<()> {
        if !workspace.join(SETTINGS).is_file() {
            return Err(Error::Usage {
                what: format!("`{}` is not a workspace: it has no {SETTINGS}", workspace.display()),
                mend: "name one with `--workspace`, or make one with `tellonce init`".into(),
            });
        }
        let files = Files::with_workspace(workspace);
        let (path, text, next) = match &self.kind {
            Kind::Instrument { id } => {
                (place("instruments", id)?, instrument(id), "change it, then `tellonce check`".to_owned())
            }
            Kind::Outcome { id, instrument } => {
                let path = place("outcomes", id)?;
                (path, outcome(id, instrument, &declared(&files)?)?, "change it, then `tellonce check`".to_owned())
            }
            Kind::Licence { id } => {
                let text = licence(find(&declared(&files)?, id)?)?;
                (
                    place("licences", id)?,
                    text,
                    "fill in what is empty: `tellonce check` refuses it until then".to_owned(),
                )
            }
        };
        write(workspace, &files, &path, &text)?;
        println!("{}", workspace.join(&path).display());
        eprintln!("{next}");
        Ok(())
    }
}

fn declared(files: &Files) -> Result<Declarations> {
    Declarations::load(files).map_err(|mistakes| Error::Declarations(mistakes.to_string()))
}

/// Returns the path of a new file, if the id can be the name of one.
fn place(folder: &str, id: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(plain)) {
        return Err(Error::Usage {
            what: format!("`{id}` cannot be an id"),
            mend: "use small letters, digits and hyphens, beginning with a letter".into(),
        });
    }
    Ok(format!("measures/{folder}/{id}.toml"))
}

/// Writes a file that is not there yet: neither in the workspace nor in the program, whose file it would hide.
fn write(workspace: &Path, files: &Files, path: &str, text: &str) -> Result<()> {
    let whole = workspace.join(path);
    if files.hash(path).map_err(Error::io("read", &whole))?.is_some() {
        let (whose, mend) = match whole.exists() {
            true => ("is there already", "change that file, or choose another name"),
            false => ("is a file of the program", "choose another name: a file at the same path would go before it"),
        };
        return Err(Error::Usage { what: format!("`{path}` {whose}"), mend: mend.into() });
    }
    if let Some(folder) = whole.parent() {
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    }
    let made = OpenOptions::new().write(true).create_new(true).open(&whole);
    made.and_then(|mut file| file.write_all(text.as_bytes())).map_err(Error::io("write", &whole))
}

/// Puts values in the places of `{{name}}` in a template.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

fn instrument(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    let title = letters.next().map(|first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()));
    filled(include_str!("new/instrument.toml"), &[("id", id), ("title", &title.unwrap_or_default())])
}

fn find<'a>(declarations: &'a Declarations, id: &str) -> Result<&'a Instrument> {
    declarations.instrument(id).ok_or_else(|| {
        let known = || declarations.instruments.keys().map(String::as_str);
        Error::Usage {
            what: format!("there is no instrument `{id}`"),
            mend: match did_you_mean(id, known()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("use one of {}", known().collect::<Vec<_>>().join(", ")),
            },
        }
    })
}

fn outcome(id: &str, instrument: &str, declarations: &Declarations) -> Result<String> {
    let instrument = find(declarations, instrument)?;
    if declarations.outcomes.iter().any(|outcome| outcome.id == id) {
        return Err(Error::Usage {
            what: format!("there is an outcome `{id}` already"),
            mend: "choose another name".into(),
        });
    }
    let groups =
        declarations.groups.shared().map(|group| group.id.as_str()).filter(|id| !declarations.is_of_life_tables(id));
    let by = quoted(groups);
    let common = [("id", id), ("instrument", &*instrument.id), ("by", &*by)];
    let answers = |title: &Text, counted: String, answers: Vec<(String, Text)>| {
        let first = answers.first().map(|(id, label)| if label.is_empty() { id } else { label.get("en") });
        let statement = format!("their answer was \u{201c}{}\u{201d}", first.unwrap_or_default());
        let ids = || answers.iter().map(|(id, _)| id.as_str());
        let (title, statement) = (string(title.get("en")), string(&statement));
        let (counts, out_of) = (quoted(ids().take(1)), quoted(ids()));
        let own = [
            ("title", &*title),
            ("statement", &*statement),
            ("counted", &*counted),
            ("counts", &*counts),
            ("out_of", &*out_of),
        ];
        filled(include_str!("new/share.toml"), &[&common[..], &own[..]].concat())
    };
    if let Some((score, gives)) = first_score(instrument) {
        let counted = format!("score = \"{}\"", score.id);
        if let Gives::Codes(codes) = gives {
            return Ok(answers(&score.title, counted, codes.into_iter().map(|(_, id, label)| (id, label)).collect()));
        }
        let title = score.title.get("en");
        let direction = match score.better {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
        };
        let (statement, title) = (string(&format!("mean of the score \u{201c}{title}\u{201d}")), string(title));
        let own = [("title", &*title), ("statement", &*statement), ("counted", &*counted), ("direction", direction)];
        return Ok(filled(include_str!("new/mean.toml"), &[&common[..], &own[..]].concat()));
    }
    let Some(coded) = first_question(instrument) else {
        return Err(Error::Usage {
            what: format!("the instrument `{}` has nothing that can be counted", instrument.id),
            mend: "give it a question with answer options, or a score".into(),
        });
    };
    let scored = coded.choices.iter().filter(|choice| choice.scored);
    let choices = scored.map(|choice| (choice.id.clone(), choice.label.clone())).collect();
    Ok(answers(coded.item.name(), format!("item = \"{}\"", coded.id), choices))
}

/// Returns the first score that can be measured: a profile is only compared, and what a table converts is a step on the way.
fn first_score(instrument: &Instrument) -> Option<(&Score, Gives)> {
    let converted = |score: &Score| {
        instrument.scores.iter().any(|other| matches!(&other.rule, Rule::Lookup { of, .. } if *of == score.id))
    };
    let scores = instrument.scores.iter().filter(|score| !converted(score));
    scores.map(|score| (score, score.gives())).find(|(_, gives)| *gives != Gives::Profile)
}

/// Returns the first question of which shares are taken: options go before scales of numbers.
fn first_question(instrument: &Instrument) -> Option<Coded<'_>> {
    let coded = || instrument.coded().into_iter();
    coded().find(|coded| coded.item.kind != ItemKind::Scale).or_else(|| coded().next())
}

fn licence(instrument: &Instrument) -> Result<String> {
    let Some(by) = &instrument.licensed_by else {
        return Err(Error::Usage {
            what: format!("`{}` needs no licence", instrument.id),
            mend: "land its answers; nothing has to be shown".into(),
        });
    };
    let items = instrument.items.iter().map(|item| format!("# {}.en = \"\"", item.id));
    let items = items.collect::<Vec<_>>().join("\n");
    Ok(filled(include_str!("new/licence.toml"), &[("id", &instrument.id), ("by", by), ("items", &items)]))
}

/// Returns a text as TOML writes it.
fn string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Returns names as TOML writes them in a list.
fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(string).collect::<Vec<_>>().join(", ")
}
