//! What can go wrong between a context and a page.

/// Why a page could not be made. Holds names and lines, never an answer that a person gave.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Neither the workspace nor the program has this file.
    #[error("there is no template `{name}`")]
    NoTemplate { name: String },

    /// The template cannot be read, or asks for something that does not exist.
    #[error("template `{name}`, line {line}: {detail}")]
    Template { name: String, line: usize, detail: String, source: Box<minijinja::Error> },
}

impl ReportError {
    /// Takes the innermost place that minijinja knows: an included file or a macro says more than the page that used it.
    pub(super) fn new(page: &str, texts: &super::Texts, error: minijinja::Error) -> Self {
        let mut inner = &error;
        let mut not_found = error.kind() == minijinja::ErrorKind::TemplateNotFound;
        let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(&error);
        while let Some(next) = cause {
            if let Some(found) = next.downcast_ref::<minijinja::Error>() {
                not_found |= found.kind() == minijinja::ErrorKind::TemplateNotFound;
                if found.name().is_some() {
                    inner = found;
                }
            }
            cause = next.source();
        }
        let missing = texts.iter().find(|(_, text)| text.is_none());
        if let (true, Some((name, _))) = (not_found, missing) {
            return Self::NoTemplate { name: name.clone() };
        }
        let detail = match inner.detail() {
            Some(detail) => format!("{} ({detail})", inner.kind()),
            None => inner.kind().to_string(),
        };
        Self::Template {
            name: inner.name().unwrap_or(page).to_owned(),
            line: inner.line().unwrap_or(0),
            detail,
            source: Box::new(error),
        }
    }
}
