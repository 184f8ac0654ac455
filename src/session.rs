//! The one place where a DataFusion session is built.

use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::DiskManagerBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::{Error, Result};
use crate::functions;

/// Bytes that queries may hold before they write to a temporary folder.
const MEMORY: usize = 2 << 30;

/// Returns a session with our functions and the settings that every query of ours runs under.
pub fn session() -> Result<SessionContext> {
    let mut config = SessionConfig::new().with_information_schema(true);
    let options = config.options_mut();
    // Our schemas say `Utf8`; a view type would make every comparison of a batch with its table's schema fail.
    options.execution.parquet.schema_force_view_types = false;
    options.sql_parser.map_string_types_to_utf8view = false;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(MEMORY)))
        .with_disk_manager_builder(DiskManagerBuilder::default())
        .build_arc()
        .map_err(Error::query("session"))?;
    let mut state =
        SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features().build();
    functions::register(&mut state).map_err(Error::query("session"))?;
    Ok(SessionContext::new_with_state(state))
}
