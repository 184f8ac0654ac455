//! The report room: from a context of published figures to one HTML page that needs nothing else.
//!
//! ```text
//! Board ──► reading, answer (facts) ──► reports/{board,annex}/*.jinja (words, layout) ──► charts (SVG) ──► one page
//! ```
//!
//! Layout, words and colours are templates that an analyst can change; this module knows no sentence of the page. It
//! formats numbers, draws charts, and decides what a chart says. A template that asks for something that does not exist,
//! or prints a hidden number, is an error with the template's name and line.

mod amount;
mod answer;
mod charts;
mod collect;
pub mod context;
pub mod coverage;
mod error;
mod filters;
pub mod plan;
mod reading;
mod rows;
mod svg;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context as values};

pub use collect::{Run, Sources, collect};
use context::{Answered, Board, Comparison, Equity, Series, Transitions};
pub use error::ReportError;

/// Template texts by name; `None` is a name that was asked for and does not exist.
type Texts = BTreeMap<String, Option<String>>;

/// Renders a page: the one that `board.paper` names. `templates` gives the text of a template by its name below `reports/`, such as
/// `board/style.css`, or `None` if there is none: the caller decides whose file wins.
///
/// The same board and templates give the same bytes.
pub fn render(board: &Board, templates: &dyn Fn(&str) -> Option<String>) -> Result<String, ReportError> {
    let values = values! { board => Serde(board), answer => Serde(answer::read(board)) };
    let template = board.paper.template();
    let shelf: Arc<Mutex<Shelf>> = Arc::default();
    let ids = charts::Ids::default();
    let environment = environment(&shelf, &ids).map_err(|error| ReportError::new(template, &Texts::new(), error))?;
    // minijinja's loader must outlive this borrow of `templates`. So the page is tried with the texts that are known; what
    // it asked for in vain is fetched, and it is tried again. Each turn learns a name, so this ends.
    loop {
        ids.clear();
        let outcome = environment.get_template(template).and_then(|page| page.render(values.clone()));
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = std::mem::take(&mut shelf.wanted);
        if wanted.is_empty() {
            return outcome.map_err(|error| ReportError::new(template, &shelf.texts, error));
        }
        for name in wanted {
            let text = templates(&name);
            shelf.texts.insert(name, text);
        }
    }
}

/// The texts that are known, and the names that were asked for and are not.
#[derive(Debug, Default)]
struct Shelf {
    texts: Texts,
    wanted: Vec<String>,
}

fn environment(shelf: &Arc<Mutex<Shelf>>, ids: &charts::Ids) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(
        |name| {
            if name.ends_with(".jinja") { AutoEscape::Html } else { AutoEscape::None }
        },
    );
    // A missing number would otherwise be printed as the word "none".
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            let detail = "a value that is hidden or missing was printed: print its mark or reason instead";
            return Err(Error::new(ErrorKind::InvalidOperation, detail));
        }
        minijinja::escape_formatter(out, state, value)
    });
    let shelf = Arc::clone(shelf);
    environment.set_loader(move |name| {
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shelf.texts.get(name).cloned();
        if known.is_none() {
            shelf.wanted.push(name.to_owned());
        }
        Ok(known.flatten())
    });
    filters::register(&mut environment);
    charts::register(&mut environment, ids);
    environment.add_function("read_series", |series: Serde<Series>| Value::from(Serde(reading::series(&series))));
    environment.add_function("read_areas", |areas: Serde<Comparison>| Value::from(Serde(reading::areas(&areas))));
    environment.add_function("read_equity", |equity: Serde<Equity>, direction: &str| {
        Value::from(Serde(reading::equity(&equity, direction)))
    });
    environment.add_function("read_moves", |transitions: Serde<Transitions>, direction: &str| {
        Value::from(Serde(reading::moves(&transitions, direction)))
    });
    environment
        .add_function("read_missing", |answered: Serde<Answered>| Value::from(Serde(reading::missing(&answered))));
    Ok(environment)
}

#[cfg(test)]
mod tests;
