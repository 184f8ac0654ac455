//! Whether the instruments of a page may be used, and under which licence.

use super::super::context::Licence;
use super::Sources;
use crate::declare::{Instrument, Permission};
use crate::error::{Error, Result};

/// Returns the licences of the instruments that need one.
///
/// # Errors
/// One or more of them may not be used on the day of the page: all are named.
pub fn permitted(sources: &Sources<'_>, instruments: &[&Instrument]) -> Result<Vec<Licence>> {
    let mut licences = Vec::new();
    let (mut refused, mut mends) = (Vec::new(), Vec::new());
    for instrument in instruments {
        let warning = match sources.declarations.permission(&instrument.id, sources.today) {
            Permission::Given => None,
            Permission::Warned(what) => Some(what),
            Permission::Refused(what, mend) => {
                refused.push(what);
                mends.push(mend);
                continue;
            }
        };
        let licence = sources.declarations.licences.get(&instrument.id);
        if let (Some(by), Some(licence)) = (&instrument.licensed_by, licence) {
            licences.push(Licence {
                instrument_title: instrument.title.get(&sources.settings.language).to_owned(),
                by: by.clone(),
                holder: licence.holder.clone(),
                reference: licence.reference.clone(),
                warning,
            });
        }
    }
    if refused.is_empty() {
        return Ok(licences);
    }
    Err(Error::Usage { what: refused.join("; "), mend: mends.join("; ") })
}
