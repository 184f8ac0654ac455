//! The board page, drawn from example contexts.

use std::path::Path;

use tellonce::files::Files;
use tellonce::report::context::Board;
use tellonce::report::render;

/// Draws `tests/report_inputs/<name>.json`.
pub fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/report_inputs/{name}.json"));
    let board: Board = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let files = Files::embedded();
    render(&board, &|name| files.read(&format!("reports/{name}")).ok().flatten()).unwrap()
}

/// What a person reads of a page: its text, a line a block, without styles and drawings.
fn words(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let end = ["style", "svg"].iter().find(|tag| after.starts_with(**tag)).map(|tag| format!("</{tag}>"));
        rest = match end.and_then(|end| after.split_once(end.as_str())) {
            Some((_, after)) => after,
            None => {
                let (tag, after) = after.split_once('>').unwrap_or((after, ""));
                let block = ["/p", "/h", "/li", "/tr", "/dt", "/dd", "/caption", "/summary", "/div"];
                if block.iter().any(|name| tag.starts_with(name)) {
                    text.push('\n');
                } else if tag.starts_with("/t") {
                    text.push_str(" | ");
                }
                after
            }
        };
    }
    text.push_str(rest);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty() && line != "|").collect::<Vec<_>>().join("\n")
}

#[test]
fn the_words_of_the_example_pages() {
    for name in ["board", "few"] {
        insta::assert_snapshot!(name, words(&page(name)));
    }
}

#[test]
fn the_same_board_gives_the_same_bytes_and_asks_for_nothing() {
    let page = page("board");
    assert_eq!(page, self::page("board"));
    for word in ["<script", "http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
}
