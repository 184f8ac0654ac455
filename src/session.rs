//! The one place where a DataFusion session is built.

use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::{Error, Result};
use crate::functions;

/// Returns a session with our functions and the settings that every query of ours runs under.
pub fn session() -> Result<SessionContext> {
    let mut config = SessionConfig::new().with_information_schema(true);
    let options = config.options_mut();
    // Our schemas say `Utf8`; a view type would make every comparison of a batch with its table's schema fail.
    options.execution.parquet.schema_force_view_types = false;
    options.sql_parser.map_string_types_to_utf8view = false;
    // Statistics would be read from the footer of every file before it is opened to be read whole.
    options.execution.collect_statistics = false;
    // No limit on memory, on purpose: with a spilling pool of 2 GiB, DataFusion 55.2 lost groups of `queries/10_figures.sql` over a cube of
    // 5.5 million rows, without a word (docs/performance.md). A query that needs too much must fail, not shrink.
    let mut state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    functions::register(&mut state).map_err(Error::query("session"))?;
    Ok(SessionContext::new_with_state(state))
}
